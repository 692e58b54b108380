/** The page: takes a file, shows what its worker answers. */
const element = (id) => document.getElementById(id);

const drop = element('drop');
const file = element('file');
const options = element('options');
const progress = element('progress');
const problem = element('problem');
const result = element('result');
const output = element('output');

let worker;
let elf;
let linked;

const show = (shown, isShown) => {
  shown.hidden = !isShown;
};

const fail = (text) => {
  show(progress, false);
  show(problem, true);
  problem.textContent = text;
};

/** A new worker for each file: whatever the last guest does ends with its worker. */
const startWorker = () => {
  worker?.terminate();
  worker = new Worker('worker.js', { type: 'module' });
  worker.onmessage = ({ data }) => answers[data.kind](data);
  worker.onerror = ({ message }) => fail(message);
};

const answers = {
  progress: ({ fraction }) => {
    progress.value = fraction;
  },
  text: ({ text }) => {
    output.textContent += text;
  },
  ended: ({ text }) => {
    output.textContent += `${text}\n`;
  },
  problem: ({ code, text }) => fail(code === '' ? text : `${code}: ${text}`),
  linked: ({ blob, programKind, parts, exports, notes }) => {
    show(progress, false);
    show(result, true);
    element('summary').textContent = `${programKind}, ${blob.length.toLocaleString('en')} bytes`;
    element('parts')
      .querySelector('tbody')
      .replaceChildren(
        ...parts.map(({ name, bytes }) => {
          const row = document.createElement('tr');
          const number = document.createElement('td');
          number.className = 'number';
          number.textContent = bytes.toLocaleString('en');
          const part = document.createElement('td');
          part.textContent = name;
          row.append(number, part);
          return row;
        }),
      );
    linked = blob;
    element('calls').replaceChildren(...exports.map(callOf));
    output.textContent = notes.map((note) => `${note}\n`).join('');
  },
};

/** A line that calls one export. */
const callOf = (name) => {
  const form = document.createElement('form');
  form.className = 'call';
  const label = document.createElement('code');
  label.textContent = name;
  const args = document.createElement('input');
  args.placeholder = 'arguments, with spaces between';
  args.setAttribute('aria-label', `arguments of ${name}`);
  const button = document.createElement('button');
  button.textContent = 'Call';
  form.append(label, args, button);
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    show(problem, false);
    worker.postMessage({ kind: 'run', name, args: args.value.split(/\s+/).filter((word) => word !== '') });
  });
  return form;
};

const link = async () => {
  if (elf === undefined) return;
  show(problem, false);
  show(result, false);
  show(progress, true);
  progress.value = 0;
  element('drop-text').textContent = elf.name;
  startWorker();
  const bytes = await elf.arrayBuffer();
  const chosen = new FormData(options);
  worker.postMessage(
    {
      kind: 'link',
      elf: bytes,
      level: Number(chosen.get('level')),
      target: chosen.get('target'),
      demote: chosen.has('demote'),
      strip: chosen.has('strip'),
    },
    [bytes],
  );
};

const take = (chosen) => {
  if (chosen === undefined) return;
  elf = chosen;
  link();
};

element('download').addEventListener('click', () => {
  const address = URL.createObjectURL(new Blob([linked]));
  Object.assign(document.createElement('a'), { href: address, download: `${elf.name}.polkavm` }).click();
  URL.revokeObjectURL(address);
});
file.addEventListener('change', () => take(file.files[0]));
options.addEventListener('change', link);
drop.addEventListener('dragover', (event) => {
  event.preventDefault();
  drop.classList.add('over');
});
drop.addEventListener('dragleave', () => drop.classList.remove('over'));
drop.addEventListener('drop', (event) => {
  event.preventDefault();
  drop.classList.remove('over');
  take(event.dataTransfer.files[0]);
});
