import { isatty } from 'node:tty';
import { messageOf } from '../errors.ts';
import { Meter } from '../meter/meter.ts';
import { type PipelineProfile, Recorder } from '../meter/pipeline-profile.ts';
import { limitLine, tableOf } from '../meter/table.ts';
import { documentAt } from '../storage/documents.ts';
import type { ProfilePlace } from './options/profile.ts';
import { ProfileDisplay } from './profile-display.ts';
import type { Shell } from './shell.ts';

/**
 * Runs a command with a meter, and tells what that has seen: also if the command fails, up to there.
 *
 * @param title what is run: `asb backup`
 * @param isOutputSeen whether standard output goes to a terminal
 * @throws what the command throws; AsbError `STORAGE` if it ends well and the profile can't be written, `USAGE`
 *   if what stands in its place is no file
 */
export const runProfiled = async (
  title: string,
  { file }: ProfilePlace,
  shell: Shell,
  run: (shell: Shell) => Promise<void>,
  isOutputSeen: () => boolean = () => isatty(1),
): Promise<void> => {
  const meter = new Meter();
  const recorder = new Recorder({ meter, title });
  const display = new ProfileDisplay({ shell, recorder });
  const draw = (text: string): void => display.draw(text);
  let failure: { readonly thrown: unknown } | undefined;
  try {
    await run({
      ...shell,
      meter,
      draw,
      output(language, seal) {
        // Between lines that go to the same terminal there is no place to draw.
        if (isOutputSeen()) display.hide();
        return shell.output(language, seal);
      },
    });
  } catch (thrown) {
    failure = { thrown };
  }
  display.close();
  const profile = recorder.profile(failure?.thrown);
  tell(shell, profile);
  if (file !== undefined && profile.stages.length > 0) {
    try {
      await documentAt(file.path).write(await textOf(profile, file.form));
    } catch (error) {
      if (failure === undefined) throw error;
      // Why the command failed is what its exit status and its last words are about.
      shell.say(`warning: no profile was written: ${messageOf(error)}`);
    }
  }
  if (failure !== undefined) throw failure.thrown;
};

const textOf = async (profile: PipelineProfile, form: 'json' | 'html'): Promise<string> => {
  if (form === 'json') return `${JSON.stringify(profile)}\n`;
  const { profilePage } = await import('./profile-page/page.ts');
  return profilePage(profile);
};

/** For programs, each line has its figures beside it. */
const tell = (shell: Shell, { stages, elapsed, limit, thread }: PipelineProfile): void => {
  if (stages.length === 0) {
    shell.say('note: there is nothing to profile: no stage has run');
    return;
  }
  const event = 'profile';
  const [head = '', ...rows] = tableOf(stages, elapsed, undefined);
  shell.say(head, { event, elapsed, thread });
  for (const [index, stage] of stages.entries()) shell.say(rows[index]!, { event, stage });
  if (limit !== null) shell.say(limitLine(limit), { event, limit });
};
