/**
 * How a filter that fails in the middle of .asb text says so to whoever reads its output: it ends
 * with an item that no reader takes, and that no newline ends. The pipe alone cannot say it: the
 * next command sees nothing but the end of its input.
 */
export {
  FAILURE_PREFIX as TEXT_FAILURE_PREFIX,
  failureText as textFailure,
  MAX_FAILURE_MESSAGE,
} from '../zstd/failure.ts';
