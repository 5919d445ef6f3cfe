declare function privileges(options?: privileges.PrivilegesOptions): privileges.Middleware;

declare namespace privileges {
  type Middleware = import('../internal/middleware').Middleware;

  interface PrivilegesOptions {
    /**
     * What happens where a request finds the process to be root: `warn` says so once on stderr and as an event,
     * `refuse` answers 503 until it is root no longer. Default `warn`.
     */
    root?: 'warn' | 'refuse';
    mode?: 'enforce' | 'report';
  }

  /** Capabilities that may stay after a drop. */
  type Keepable =
    'CAP_NET_BIND_SERVICE' | 'CAP_NET_BROADCAST' | 'CAP_NET_RAW' | 'CAP_IPC_LOCK' | 'CAP_SYS_NICE';

  interface DropOptions {
    /** Name or number. A number that has no account needs `group`. Never root. */
    user: string | number;
    /** Name or number. Default: the user's own group. */
    group?: string | number;
    /** Capabilities that stay (Linux). Default none. */
    keep?: readonly Keepable[];
  }

  interface Dropped {
    readonly uid: number;
    readonly gid: number;
    /** Supplementary groups. */
    readonly groups: readonly number[];
    /** Threads that the proof has read; 1 where the system keeps privileges per process. */
    readonly threads: number;
    /** Linux: whether the bounding set was cleared. It takes CAP_SETPCAP, which root has. */
    readonly boundingSetCleared: boolean;
  }

  /** A field is undefined where the platform does not tell. */
  interface Check {
    /** Whether the process acts as root. */
    readonly root: boolean;
    /** Whether this is a worker of a cluster whose primary acts as root (Linux). */
    readonly rootPrimary: boolean | undefined;
    readonly user: { readonly id: number | undefined; readonly name: string | undefined };
    readonly group: { readonly id: number | undefined; readonly name: string | undefined };
    /** Such as `CAP_NET_BIND_SERVICE` (Linux). */
    readonly effectiveCapabilities: readonly string[] | undefined;
    /** Linux. */
    readonly noNewPrivileges: boolean | undefined;
    /** Code, its folders and the Node.js binary, as far as this process could write to them. Not on Windows. */
    readonly writableCode: readonly string[] | undefined;
    /** Whether the debugger is listening: who reaches it runs code. */
    readonly inspector: boolean;
    readonly umask: number;
  }

  /** What this process is allowed to do. Works without the platform binary. */
  function check(): Check;

  /**
   * Becomes the user on every thread, for good, and proves it; ends the process where the proof fails.
   *
   * @throws HauberkError `ERR_HAUBERK_PRIVILEGES_ACCOUNT`, `ERR_HAUBERK_PRIVILEGES_DENIED`,
   *   `ERR_HAUBERK_PRIVILEGES_UNSUPPORTED` (Windows); nothing has changed then
   */
  function drop(options: DropOptions): Dropped;
}

export = privileges;
