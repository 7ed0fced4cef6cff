/**
 * Where the hub is, who asks, and where files are kept: options first, then the environment variables that Hugging Face's own tools read.
 * Source: huggingface_hub, "Environment variables", https://huggingface.co/docs/huggingface_hub/package_reference/environment_variables
 */
import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { InvalidOptionError } from '../errors.ts';

export const DEFAULT_ENDPOINT = 'https://huggingface.co';

/** Settings in place of those of the environment. */
export interface HubSettingsOptions {
  /** Default: `HF_ENDPOINT`, then https://huggingface.co. */
  readonly endpoint?: string | undefined;
  /** null: none. Default: `HF_TOKEN`, then the file that `hf auth login` writes. */
  readonly token?: string | null | undefined;
  /** Default: `HF_HUB_CACHE`, then `$HF_HOME/hub`, then `~/.cache/huggingface/hub`. */
  readonly cacheFolder?: string | undefined;
  /** Ask nobody and use what is there. Default: `HF_HUB_OFFLINE`. */
  readonly offline?: boolean | undefined;
  /** Default: `process.env`. */
  readonly environment?: Readonly<Record<string, string | undefined>> | undefined;
}

/** Endpoint, cache and token, as the environment or the caller says. */
export interface HubSettings {
  /** Without a slash at the end. */
  readonly endpoint: string;
  /** Sent as a bearer token to the hub only; null: none. */
  readonly token: string | null;
  /** Where downloads are kept, laid out as Python's hub client does. */
  readonly cacheFolder: string;
  /** Ask nobody: only the cache. */
  readonly offline: boolean;
}

/**
 * @throws {InvalidOptionError} the endpoint is no http(s) address, the token cannot be one, or it would travel unencrypted
 */
export async function hubSettings(options: HubSettingsOptions = {}): Promise<HubSettings> {
  const environment = options.environment ?? process.env;
  const variable = (name: string): string | undefined => {
    const value = environment[name]?.trim();
    return value === '' ? undefined : value;
  };
  const switchedOn = (name: string): boolean => /^(1|on|yes|true)$/i.test(variable(name) ?? '');
  const home = withHome(
    variable('HF_HOME') ?? join(withHome(variable('XDG_CACHE_HOME') ?? join(homedir(), '.cache')), 'huggingface'),
  );
  const cache =
    options.cacheFolder ??
    variable('HF_HUB_CACHE') ??
    variable('HUGGINGFACE_HUB_CACHE') ?? // its older name
    join(home, 'hub');

  let token = options.token;
  if (token === undefined) token = variable('HF_TOKEN') ?? variable('HUGGING_FACE_HUB_TOKEN');
  if (token === undefined && !switchedOn('HF_HUB_DISABLE_IMPLICIT_TOKEN')) {
    const file = withHome(variable('HF_TOKEN_PATH') ?? join(home, 'token'));
    token = (await readFile(file, 'utf8').catch(() => '')).trim() || null;
  }
  const endpoint = checkEndpoint(options.endpoint ?? variable('HF_ENDPOINT') ?? DEFAULT_ENDPOINT);
  checkToken(token ?? null, endpoint);
  return {
    endpoint: endpoint.href.replace(/\/+$/, ''),
    token: token ?? null,
    cacheFolder: resolve(withHome(cache)),
    offline: options.offline ?? (switchedOn('HF_HUB_OFFLINE') || switchedOn('TRANSFORMERS_OFFLINE')),
  };
}

const withHome = (path: string): string => (/^~(?=$|[/\\])/.test(path) ? join(homedir(), path.slice(1)) : path);

function checkEndpoint(text: string): URL {
  let url: URL | null = null;
  try {
    url = new URL(text);
  } catch {}
  const legal = url !== null && /^https?:$/.test(url.protocol) && !url.username && !url.search && !url.hash;
  if (!legal || url === null) {
    throw new InvalidOptionError(
      'endpoint',
      `(or HF_ENDPOINT) must be an http or https address such as ${DEFAULT_ENDPOINT}`,
    );
  }
  return url;
}

function checkToken(token: string | null, endpoint: URL): void {
  if (token === null) return;
  if (!/^[\x21-\x7e]+$/.test(token)) {
    throw new InvalidOptionError(
      'token',
      '(or HF_TOKEN) holds spaces, line ends or other characters that no token has',
    );
  }
  if (endpoint.protocol === 'http:' && !isLoopback(endpoint.hostname)) {
    throw new InvalidOptionError(
      'endpoint',
      `is ${endpoint.origin}: a token must not travel unencrypted; use https, or no token (token: null)`,
    );
  }
}

const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '[::1]' || /^127(\.\d{1,3}){3}$/.test(host);
