import type { IncomingMessage, ServerResponse } from 'node:http';

/** What `app.use` takes, on Express 4 and 5. */
export type Middleware = (req: IncomingMessage, res: ServerResponse, next: (error?: any) => void) => void;
