'use strict';

/** Comments with HTML: cleaned on the way in, by a preset for one field and a policy of its own for another. */

const express = require('express');
const hauberk = require('..');

const { sanitize } = hauberk;

// Compiled once; allows what this site wants and nothing else.
const signature = sanitize.policy({
  tags: ['a', 'em', 'img'],
  attributes: { a: ['href'], img: ['src', 'alt'] },
  schemes: ['https'],
  hosts: ['example.com', '*.example.com'],
  rel: 'nofollow noopener noreferrer',
});

const app = express();
app.use(express.json({ limit: '100kb' }));

app.post('/comments', sanitize({ body: { title: 'text', html: 'basic', signature } }), (req, res) => {
  res.status(201).json({ stored: req.body, asSent: sanitize.raw(req) });
});

app.use(hauberk.errors());

if (require.main === module) {
  const server = app.listen(process.env.PORT ?? 3000, '127.0.0.1', () => {
    const { port } = server.address();
    const body = {
      title: '<b>Hi</b>',
      html: '<p onclick=x>Hello<script>alert(1)</script></p>',
      signature: '<em>me</em>',
    };
    console.log(`Listening on http://127.0.0.1:${port}. Try:`);
    console.log(
      `  curl -H 'Content-Type: application/json' -d '${JSON.stringify(body)}' http://127.0.0.1:${port}/comments`,
    );
  });
}

module.exports = app;
