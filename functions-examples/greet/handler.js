// greet: says hello to ?name=, or to the name in a JSON body.

const MOST = 100;

export default function (request) {
  const name = request.method === 'POST' ? request.json().name : (request.query.name ?? 'world');
  if (typeof name !== 'string' || name.length > MOST) {
    return { status: 400, body: `a name is a text of at most ${MOST} characters\n` };
  }
  return `Hello, ${name}!\n`;
}
