// Objects with prototypes that hand messages to each other through queues: a line of machines, as a scheduler would run it.
class Message {
  constructor(to, steps) {
    this.to = to;
    this.steps = steps;
    this.next = null;
    this.marks = [0, 0, 0, 0];
  }
}

class Machine {
  constructor(line, number) {
    this.line = line;
    this.number = number;
    this.first = null;
    this.last = null;
    this.done = 0;
  }

  put(message) {
    message.next = null;
    if (this.first === null) this.first = message;
    else this.last.next = message;
    this.last = message;
  }

  take() {
    const message = this.first;
    if (message !== null) this.first = message.next;
    return message;
  }

  step() {
    return false;
  }
}

class Source extends Machine {
  constructor(line, number) {
    super(line, number);
    this.state = 1;
  }

  step() {
    this.state = (this.state & 1) === 0 ? this.state >> 1 : (this.state >> 1) ^ 0xd008;
    this.done++;
    this.line.send(new Message(1 + this.state % 3, this.state & 3));
    return true;
  }
}

class Worker extends Machine {
  constructor(line, number) {
    super(line, number);
    this.mark = 0;
  }

  step() {
    const message = this.take();
    if (message === null) return false;
    for (let i = 0; i < message.marks.length; i++) {
      this.mark = this.mark === 26 ? 1 : this.mark + 1;
      message.marks[i] = this.mark;
    }
    this.done++;
    if (message.steps > 0) {
      message.steps--;
      message.to = 1 + message.to % 3;
      this.line.send(message);
    }
    return true;
  }
}

class Line {
  constructor() {
    this.machines = [new Source(this, 0), new Worker(this, 1), new Worker(this, 2), new Worker(this, 3)];
    this.sent = 0;
  }

  send(message) {
    this.sent++;
    this.machines[message.to].put(message);
  }

  run(turns) {
    for (let turn = 0; turn < turns; turn++) {
      for (const machine of this.machines) machine.step();
    }
    return this.machines.reduce((sum, machine) => sum + machine.done, this.sent);
  }
}

export default function (request) {
  let sum = 0;
  for (let run = 0; run < Number(request.query.runs); run++) sum += new Line().run(12000);
  return `${sum}\n`;
}
