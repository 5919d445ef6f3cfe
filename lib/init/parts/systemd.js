'use strict';

const { exists } = require('../files');
const { startOf } = require('./docker');

/**
 * A unit with the sandbox of systemd.exec(5). Left out on purpose: MemoryDenyWriteExecute (V8 compiles while it
 * runs), `~@resources` in the system call filter (hauberk's password threads lower their own priority), and
 * ProcSubset=pid (tables that processes share carry the boot id, from /proc/sys).
 *
 * @param {import('../project').Project} project
 * @param {{ entry: string, port: number }} application
 * @returns {{ changes: import('../apply').Change[], notes: import('../wire').Note[] }}
 */
function systemdPart({ root, manifest, typescript }, { entry, port }) {
  const name = serviceName(manifest.name);
  const file = `deploy/${name}.service`;
  const start = startOf(manifest, typescript, entry);
  if (exists(root, file) || start === undefined) return { changes: [], notes: [] };
  return { changes: [{ name: file, after: unit(name, start, port) }], notes: [] };
}

/** @param {unknown} given */
function serviceName(given) {
  const name = typeof given === 'string' ? given.replace(/^@/, '').replace(/[^\w-]+/g, '-') : '';
  return /^[\w][\w-]{0,60}$/.test(name) ? name : 'app';
}

/** @param {string} name @param {string[]} start @param {number} port */
function unit(name, start, port) {
  const low = port > 0 && port < 1024;
  return `# Install: copy the application to /srv/${name}, owned by root; this file to /etc/systemd/system/;
# HAUBERK_SECRET=... into /etc/${name}.env (owner root, mode 0600); then systemctl enable --now ${name}
[Unit]
Description=${name}
After=network-online.target
Wants=network-online.target

[Service]
Type=simple
WorkingDirectory=/srv/${name}
Environment=NODE_ENV=production
EnvironmentFile=-/etc/${name}.env
ExecStart=/usr/bin/env ${start.join(' ')}
Restart=on-failure
RestartSec=2
TimeoutStopSec=30

# A user of its own that exists only while it runs, without any capability${low ? ' but the one for a low port' : ''}.
DynamicUser=yes
StateDirectory=${name}
UMask=0077
NoNewPrivileges=yes
CapabilityBoundingSet=${low ? 'CAP_NET_BIND_SERVICE' : ''}
AmbientCapabilities=${low ? 'CAP_NET_BIND_SERVICE' : ''}

# The file system is read-only, but for /var/lib/${name} and a /tmp of its own.
ProtectSystem=strict
ProtectHome=yes
PrivateTmp=yes
PrivateDevices=yes
ProtectProc=invisible

# The kernel is out of reach.
ProtectClock=yes
ProtectControlGroups=yes
ProtectHostname=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
LockPersonality=yes
RemoveIPC=yes
# os.networkInterfaces() would need AF_NETLINK, too.
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
SystemCallArchitectures=native
SystemCallFilter=@system-service
SystemCallFilter=~@privileged
SystemCallErrorNumber=EPERM

[Install]
WantedBy=multi-user.target
`;
}

module.exports = { systemdPart };
