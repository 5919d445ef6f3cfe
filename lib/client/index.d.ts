import type { IncomingMessage } from 'node:http';

/** Who is calling: an address that cannot be chosen by the caller, and the key that limits count by. */
declare function client(options?: client.ClientOptions): import('../internal/middleware').Middleware;

declare namespace client {
  interface ClientOptions {
    /**
     * Which hops may say who came before them:
     *
     * - a number of proxies in front of the app (0 to 32; 0 is `false`)
     * - addresses and CIDR blocks, as an array or comma-separated; `loopback`, `linklocal`, `uniquelocal`
     *   and `private` are names for blocks
     * - a function of the hop's address and its index from the app (0 is the peer); only `true` trusts
     * - a platform: `'cloudflare'`, `'aws-alb'`, `'fly'`, `'heroku'`, `'nginx-local'`
     * - `'private'`: loopback, private and link-local addresses
     * - `false`: nobody
     *
     * Default: the app's own Express setting `trust proxy` where it was set, else `'private'`, said once
     * on stderr. `true` throws `ERR_HAUBERK_CLIENT_TRUST_PROXY`.
     */
    trustProxy?:
      | number
      | 'private'
      | 'cloudflare'
      | 'aws-alb'
      | 'fly'
      | 'heroku'
      | 'nginx-local'
      | (string & {})
      | readonly string[]
      | ((address: string | undefined, index: number) => boolean)
      | false;
    /** Bits of an IPv6 address that make one client, 32 to 128. Default 56. */
    ipv6Prefix?: number;
  }

  /** The client's canonical address; undefined where the connection has none (a Unix socket). */
  function address(req: IncomingMessage): string | undefined;

  /** What limits count by: the IPv4 address, the IPv6 network (`2001:db8:1:200::/56`), or `unknown`. */
  function key(req: IncomingMessage): string;

  /** Whether the other end of the connection is a trusted hop, whose forwarding headers count. */
  function trusts(req: IncomingMessage): boolean;
}

export = client;
