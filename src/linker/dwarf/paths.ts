/** No project has longer paths; in a broken file they could make the output much larger than the input. */
const LONGEST_PATH = 1024;

const isAbsolute = (path: string): boolean => /^([/\\]|[A-Za-z]:[/\\])/.test(path);

/** A path as found in a directory; the directory is left out where the path is absolute or the directory unknown. */
export const joinPath = (directory: string, path: string): string =>
  directory === '' || isAbsolute(path) ? path : path === '' ? directory : `${directory}/${path}`;

/** Home directories on Linux and macOS. */
const HOME = /^\/(?:home|Users)\/[^/]+(?=\/)/;

/**
 * A source path as programs carry it: without `.` and empty parts, and with `~` for the home directory of whoever
 * built the program. `..` stays, since it does not undo a directory that is a link.
 */
export const simplifyPath = (path: string): string => {
  if (path.length > LONGEST_PATH) return '';
  return path
    .replace(/(?<=[^/])\/{2,}/g, '/')
    .replace(/(^|\/)(?:\.\/)+/g, '$1')
    .replace(HOME, '~');
};
