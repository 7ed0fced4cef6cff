import { version } from '../package.json';

/** Version of this package as it goes into signatures. */
export const VERSION: string = version;
