/** Numbers as people read them. */

const BYTE_UNITS = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'] as const;

/** `1,234,567`; by hand, since Intl takes longer to start than a small backup does. */
export const formatCount = (count: number): string =>
  String(Math.round(count)).replaceAll(/\B(?=(?:\d{3})+$)/g, ',');

/** `1 record`, `2 records` */
export const countOf = (count: number, one: string, many = `${one}s`): string =>
  `${formatCount(count)} ${Math.round(count) === 1 ? one : many}`;

/** `620/s`: two digits that count, so that it is not another number each time. */
export const formatRate = (perSecond: number): string => {
  const step = 10 ** Math.max(0, Math.floor(Math.log10(Math.max(1, perSecond))) - 1);
  return `${formatCount(Math.round(perSecond / step) * step)}/s`;
};

/** `1 byte`, `12 bytes`, `1.5 MiB` */
export const formatBytes = (bytes: number): string => {
  if (bytes === 1) return '1 byte';
  let unit = 0;
  let size = bytes;
  // 1023.95 would be shown as 1024.0.
  while (size >= 1023.95 && unit < BYTE_UNITS.length - 1) {
    size /= 1024;
    unit++;
  }
  return `${unit === 0 ? size : size.toFixed(1)} ${BYTE_UNITS[unit]}`;
};

/** `0.4 s`, `42 s`, `3 min 05 s`, `2 h 07 min` */
export const formatDuration = (milliseconds: number): string => {
  if (milliseconds < 9950) return `${(milliseconds / 1000).toFixed(1)} s`;
  const seconds = Math.round(milliseconds / 1000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${twoDigits(seconds % 60)} s`;
  return `${Math.floor(minutes / 60)} h ${twoDigits(minutes % 60)} min`;
};

const twoDigits = (number: number): string => String(number).padStart(2, '0');
