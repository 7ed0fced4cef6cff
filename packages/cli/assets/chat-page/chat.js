// The chat page. It talks to its own server only, and keeps conversations in this browser.
// Text is always set as text, never as HTML: neither a question nor an answer can become markup.

/** @typedef {{ role: 'user' | 'assistant', content: string, decision?: string, cut?: boolean }} Message */
/** @typedef {{ id: string, title: string, messages: Message[] }} Conversation */

const STORE = 'alpacare-chat-1';
const SEEN = 'alpacare-disclaimer-1';
const KEY = 'alpacare-key';
const MOST_CONVERSATIONS = 50;
const REMINDER = 'This is educational only — consult a qualified clinician.';

/** @template {HTMLElement} T @param {string} id @param {new () => T} type @returns {T} */
function byId(id, type) {
  const element = document.getElementById(id);
  if (!(element instanceof type)) throw new Error(`no ${id}`);
  return element;
}
const ui = {
  scroll: byId('scroll', HTMLElement), start: byId('start', HTMLElement), log: byId('log', HTMLOListElement),
  composer: byId('composer', HTMLFormElement), question: byId('question', HTMLTextAreaElement),
  send: byId('send', HTMLButtonElement), stop: byId('stop', HTMLButtonElement),
  announce: byId('announce', HTMLElement), alert: byId('alert', HTMLElement),
  history: byId('history', HTMLElement), conversations: byId('conversations', HTMLUListElement),
  showHistory: byId('show-history', HTMLButtonElement), settings: byId('settings', HTMLElement),
  showSettings: byId('show-settings', HTMLButtonElement), length: byId('length', HTMLInputElement),
  temperature: byId('temperature', HTMLInputElement), modelName: byId('model-name', HTMLElement), dot: byId('model-dot', HTMLElement),
  welcome: byId('welcome', HTMLDialogElement), keyDialog: byId('key-dialog', HTMLDialogElement), key: byId('key', HTMLInputElement),
};

// What is kept -------------------------------------------------------------------------------------------------------

/** @type {{ conversations: Conversation[], current: string | null, length?: number, temperature?: number }} */
let kept = { conversations: [], current: null };
try {
  const found = JSON.parse(localStorage.getItem(STORE) ?? 'null');
  if (found && Array.isArray(found.conversations)) kept = found;
} catch {
  // Broken or forbidden storage: start empty, and go on without it.
}
function keep() {
  kept.conversations.length = Math.min(kept.conversations.length, MOST_CONVERSATIONS);
  try {
    localStorage.setItem(STORE, JSON.stringify(kept));
  } catch {
    // Full or forbidden: the conversation still works until the page is closed.
  }
}
const current = () => kept.conversations.find(({ id }) => id === kept.current);

// What is shown ------------------------------------------------------------------------------------------------------

/** @param {string} tag @param {string} className @param {string} [text] */
function make(tag, className, text) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  if (text !== undefined) element.textContent = text;
  return element;
}

/** @param {string} label @param {() => void} act @param {string} [className] */
function button(label, act, className = 'quiet') {
  const element = /** @type {HTMLButtonElement} */ (make('button', className, label));
  element.type = 'button';
  element.addEventListener('click', act);
  return element;
}

function showConversation() {
  const messages = current()?.messages ?? [];
  ui.start.hidden = messages.length > 0;
  ui.log.replaceChildren(...messages.map((message) => (message.role === 'user' ? questionItem(message) : finished(answerItem(), message))));
  if (messages.length > 0) toEnd();
  else ui.scroll.scrollTop = 0;
}

function showHistory() {
  byId('forget-all', HTMLButtonElement).hidden = kept.conversations.length === 0;
  ui.conversations.replaceChildren(
    ...kept.conversations.map(({ id, title }) => {
      const item = make('li', '');
      const open = button(title, () => openConversation(id), 'open');
      if (id === kept.current) open.setAttribute('aria-current', 'true');
      const remove = button('×', () => removeConversation(id), 'remove');
      remove.setAttribute('aria-label', `Delete: ${title}`);
      item.append(open, remove);
      return item;
    }),
  );
}

/** @param {Message} message */
function questionItem({ content }) {
  const item = make('li', 'question');
  item.append(make('div', 'visually-hidden', 'You asked:'), make('div', 'text', content));
  return item;
}

function answerItem() {
  const item = make('li', 'answer');
  item.append(make('div', 'who', 'Assistant'));
  return item;
}

/** An answer that broke off ends as every answer does. @param {string} content */
const reminded = (content) => `${content.replace(REMINDER, '').trimEnd()}\n\n${REMINDER}`;

/** Sets the text of an answer, its reminder apart. @param {HTMLElement} item @param {string} content */
function setText(item, content) {
  const whole = content.trimEnd();
  const reminded = whole.endsWith(REMINDER);
  const text = reminded ? whole.slice(0, -REMINDER.length).trimEnd() : content;
  item.querySelector('.wait')?.remove();
  let body = item.querySelector('.text');
  if (!body) {
    body = make('div', 'text');
    item.append(body);
  }
  body.textContent = text;
  if (reminded && !item.querySelector('.reminder')) item.append(make('div', 'reminder', REMINDER));
}

/** @param {HTMLElement} item @param {Message} message */
function finished(item, message) {
  setText(item, message.content);
  item.removeAttribute('aria-busy');
  if (message.decision === 'emergency') item.classList.add('emergency');
  else if (message.decision && message.decision !== 'answered') {
    item.classList.add('guarded');
    item.append(make('p', 'note', message.decision === 'replaced' ? 'The safety guard took something out of this answer.' : 'The safety guard answered this one.'));
  }
  if (message.cut) item.append(make('p', 'note', 'The answer reached its longest length. Settings can raise it.'));
  const actions = make('div', 'actions');
  actions.append(button('Copy', () => void navigator.clipboard?.writeText(message.content).then(() => say('Copied.'))));
  item.append(actions);
  return item;
}

const nearEnd = () => ui.scroll.scrollHeight - ui.scroll.scrollTop - ui.scroll.clientHeight < 80;
const toEnd = () => {
  ui.scroll.scrollTop = ui.scroll.scrollHeight;
};
/** @param {string} text */
const say = (text) => {
  ui.announce.textContent = text;
};

// Conversations ------------------------------------------------------------------------------------------------------

/** @param {string} id */
function openConversation(id) {
  halt();
  kept.current = id;
  keep();
  closeHistory();
  showHistory();
  showConversation();
  ui.question.focus();
}

function newConversation() {
  halt();
  kept.current = null;
  keep();
  closeHistory();
  showHistory();
  showConversation();
  ui.question.focus();
}

/** @param {string} id */
function removeConversation(id) {
  if (id === kept.current) {
    halt();
    kept.current = null;
  }
  kept.conversations = kept.conversations.filter((conversation) => conversation.id !== id);
  keep();
  showHistory();
  showConversation();
  say('Conversation deleted.');
  byId('new-conversation', HTMLButtonElement).focus();
}

function closeHistory() {
  ui.history.classList.remove('open');
  ui.showHistory.setAttribute('aria-expanded', 'false');
}

// Asking -------------------------------------------------------------------------------------------------------------

/** @type {AbortController | null} */
let asking = null;

/** Stops the answer in progress; what came so far stays. */
function halt() {
  asking?.abort();
}

/** @param {string} content */
async function ask(content) {
  if (asking) return;
  let conversation = current();
  if (!conversation) {
    conversation = { id: crypto.randomUUID?.() ?? String(Date.now()), title: content.slice(0, 60), messages: [] };
    kept.conversations.unshift(conversation);
    kept.current = conversation.id;
  }
  conversation.messages.push({ role: 'user', content });
  keep();
  showHistory();
  showConversation();
  await answer(conversation);
}

/** @param {Conversation} conversation */
async function answer(conversation) {
  const stop = new AbortController();
  asking = stop;
  const item = answerItem();
  item.setAttribute('aria-busy', 'true');
  const wait = make('div', 'wait', 'Thinking…');
  item.append(wait);
  ui.log.append(item);
  toEnd();
  ui.send.hidden = true;
  ui.stop.hidden = false;
  say('The assistant is answering.');
  const watch = setInterval(() => void showLoading(wait), 300);
  void showLoading(wait);
  /** @type {Message} */
  const message = { role: 'assistant', content: '' };
  try {
    const events = request(conversation.messages, stop.signal, (ahead) => {
      if (wait.isConnected && !wait.querySelector('progress')) wait.textContent = ahead === 1 ? 'Waiting: one answer before yours.' : `Waiting: ${ahead} answers before yours.`;
    });
    for await (const event of events) {
      stop.signal.throwIfAborted(); // what had arrived with the last words, but was not shown yet
      const [choice] = event.choices ?? [];
      if (choice?.delta?.content) {
        clearInterval(watch);
        const follow = nearEnd();
        message.content += choice.delta.content;
        setText(item, message.content);
        if (follow) toEnd();
      }
      if (choice?.finish_reason === 'length') message.cut = true;
      if (event.guard) message.decision = event.guard.decision;
    }
    done();
  } catch (error) {
    if (stop.signal.aborted) {
      if (message.content) message.content = reminded(`${message.content.trimEnd()} [stopped]`);
      done();
    } else fail(error);
  } finally {
    clearInterval(watch);
    if (asking === stop) asking = null;
    ui.send.hidden = false;
    ui.stop.hidden = true;
    void showState();
  }

  function done() {
    if (!message.content) {
      item.remove();
      say('Stopped.');
      return;
    }
    conversation.messages.push(message);
    keep();
    finished(item, message);
    if (nearEnd() || item.getBoundingClientRect().bottom > ui.scroll.clientHeight) toEnd();
    const spoken = `Answer: ${message.content}`;
    if (message.decision === 'emergency') ui.alert.textContent = spoken;
    else say(spoken);
  }

  /** @param {unknown} error */
  function fail(error) {
    const text = error instanceof ServerError ? error.message : 'The server cannot be reached. Check that it is still running.';
    // What came before the fault stays readable, and never without its reminder.
    if (message.content) setText(item, reminded(message.content));
    item.removeAttribute('aria-busy');
    item.classList.add('error');
    wait.remove();
    item.append(make('p', '', text));
    const actions = make('div', 'actions');
    const again = button('Try again', () => {
      item.remove();
      if (error instanceof ServerError && error.status === 401) askForKey(() => void answer(conversation));
      else void answer(conversation);
    }, '');
    actions.append(again);
    item.append(actions);
    if (error instanceof ServerError && error.retryAfter > 0) countDown(again, error.retryAfter);
    if (error instanceof ServerError && error.status === 401) {
      item.remove();
      askForKey(() => void answer(conversation));
    } else ui.alert.textContent = text;
    toEnd();
  }
}

/** @param {HTMLButtonElement} again @param {number} seconds */
function countDown(again, seconds) {
  again.disabled = seconds > 0;
  again.textContent = seconds > 0 ? `Try again in ${seconds} s` : 'Try again';
  if (seconds > 0 && again.isConnected) setTimeout(() => countDown(again, seconds - 1), 1000);
}

class ServerError extends Error {
  /** @param {string} message @param {number} status @param {number} retryAfter */
  constructor(message, status, retryAfter = 0) {
    super(message);
    this.status = status;
    this.retryAfter = retryAfter;
  }
}

/** @param {Message[]} messages @param {AbortSignal} signal @param {(ahead: number) => void} onWaiting */
async function* request(messages, signal, onWaiting) {
  const response = await fetch('/v1/chat/completions', {
    method: 'POST',
    signal,
    headers: headers({ 'Content-Type': 'application/json' }),
    body: JSON.stringify({
      messages: messages.slice(-64).map(({ role, content }) => ({ role, content })),
      stream: true,
      truncation: 'auto',
      max_tokens: Number(ui.length.value),
      temperature: Number(ui.temperature.value),
    }),
  });
  if (!response.ok || !response.body) {
    const body = await response.json().catch(() => null);
    const text = response.status === 503 ? 'The server is busy with other questions.' : `The server could not answer: ${body?.error?.message ?? response.statusText}.`;
    throw new ServerError(text, response.status, Number(response.headers.get('Retry-After') ?? 0));
  }
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  while (true) {
    const { value, done } = await reader.read();
    if (done) throw new ServerError('The connection ended in the middle of the answer.', 0);
    const blocks = (rest + value).split('\n\n');
    rest = blocks.pop() ?? '';
    for (const block of blocks) {
      const ahead = /^: waiting, (\d+) ahead/.exec(block)?.[1];
      if (ahead && ahead !== '0') onWaiting(Number(ahead));
      if (!block.startsWith('data: ')) continue;
      const data = block.slice(6);
      if (data === '[DONE]') return;
      const event = JSON.parse(data);
      if (event.error) throw new ServerError(`The server could not finish: ${event.error.message}.`, 0);
      yield event;
    }
  }
}

/** @param {Record<string, string>} more */
function headers(more) {
  const key = sessionStorage.getItem(KEY);
  return key ? { ...more, Authorization: `Bearer ${key}` } : more;
}

/** @param {() => void} then */
function askForKey(then) {
  ui.key.value = '';
  ui.keyDialog.showModal();
  ui.keyDialog.addEventListener('close', () => {
    if (!ui.key.value) return;
    sessionStorage.setItem(KEY, ui.key.value);
    then();
  }, { once: true });
}

// The server's state -------------------------------------------------------------------------------------------------

async function health() {
  const response = await fetch('/health');
  return response.json();
}

/** @param {HTMLElement} wait */
async function showLoading(wait) {
  const { model } = await health().catch(() => ({}));
  if (!wait.isConnected || !model) return;
  if (model.state !== 'loading') {
    if (wait.querySelector('progress')) wait.textContent = 'Thinking…';
    return;
  }
  let bar = wait.querySelector('progress');
  if (!bar) {
    bar = document.createElement('progress');
    bar.setAttribute('aria-label', 'Loading the model');
    wait.replaceChildren(bar, make('span', ''));
  }
  bar.max = model.steps;
  bar.value = model.step - 0.5;
  const label = wait.querySelector('span');
  if (label) label.textContent = `Loading the model, once: ${model.label} (${model.step} of ${model.steps})`;
}

async function showState() {
  try {
    const { model, limits } = await health();
    const words = { idle: 'loads with the first question', loading: 'loading', ready: 'ready', failed: 'could not be loaded' };
    ui.modelName.textContent = `${model.id}, ${words[/** @type {keyof typeof words} */ (model.state)] ?? model.state}`;
    ui.dot.className = `dot ${model.state}`;
    if (Number(ui.length.max) !== limits.max_tokens) {
      ui.length.max = String(limits.max_tokens);
      ui.length.value = String(kept.length ?? Math.min(192, limits.max_tokens));
      showValues();
    }
  } catch {
    ui.modelName.textContent = 'server not reached';
    ui.dot.className = 'dot failed';
  }
}

function showValues() {
  byId('length-value', HTMLOutputElement).textContent = ui.length.value;
  byId('temperature-value', HTMLOutputElement).textContent = Number(ui.temperature.value).toFixed(1);
  ui.length.setAttribute('aria-valuetext', `${ui.length.value} tokens`);
}

// Wiring -------------------------------------------------------------------------------------------------------------

ui.composer.addEventListener('submit', (event) => {
  event.preventDefault();
  const content = ui.question.value.trim();
  if (!content || asking) return;
  ui.question.value = '';
  ui.question.focus();
  void ask(content);
});
const coarse = matchMedia('(pointer: coarse)');
ui.question.addEventListener('keydown', (event) => {
  if (event.key !== 'Enter' || event.shiftKey || event.isComposing || coarse.matches) return;
  event.preventDefault();
  ui.composer.requestSubmit();
});
document.addEventListener('keydown', (event) => {
  if (event.key !== 'Escape' || ui.welcome.open || ui.keyDialog.open) return;
  if (ui.history.classList.contains('open')) {
    closeHistory();
    ui.showHistory.focus();
  } else halt();
});
ui.stop.addEventListener('click', () => {
  halt();
  ui.question.focus();
});
byId('examples', HTMLElement).addEventListener('click', (event) => {
  if (event.target instanceof HTMLButtonElement) void ask(event.target.textContent ?? '');
});
byId('new-conversation', HTMLButtonElement).addEventListener('click', newConversation);
byId('forget-all', HTMLButtonElement).addEventListener('click', () => {
  if (kept.conversations.length === 0 || !confirm('Delete all conversations kept in this browser?')) return;
  kept.conversations = [];
  newConversation();
});
ui.showHistory.addEventListener('click', () => {
  const open = ui.history.classList.toggle('open');
  ui.showHistory.setAttribute('aria-expanded', String(open));
  if (open) byId('new-conversation', HTMLButtonElement).focus();
});
ui.showSettings.addEventListener('click', () => {
  ui.settings.hidden = !ui.settings.hidden;
  ui.showSettings.setAttribute('aria-expanded', String(!ui.settings.hidden));
});
for (const input of [ui.length, ui.temperature]) {
  input.addEventListener('input', () => {
    showValues();
    kept.length = Number(ui.length.value);
    kept.temperature = Number(ui.temperature.value);
    keep();
  });
}

if (kept.temperature !== undefined) ui.temperature.value = String(kept.temperature);
showValues();
showHistory();
showConversation();
void showState();
setInterval(() => void (document.visibilityState === 'visible' && !asking && showState()), 15_000);
let seen = false;
try {
  seen = localStorage.getItem(SEEN) !== null;
} catch {
  // Then it is shown each time.
}
if (seen) ui.question.focus();
else {
  // Only its button ends it: an Escape pressed by habit has read nothing.
  ui.welcome.addEventListener('cancel', (event) => event.preventDefault());
  ui.welcome.addEventListener('keydown', (event) => event.key === 'Escape' && event.preventDefault());
  ui.welcome.showModal();
  ui.welcome.addEventListener('close', () => {
    try {
      localStorage.setItem(SEEN, new Date().toISOString());
    } catch {
      // Then it is shown again next time.
    }
    ui.question.focus();
  }, { once: true });
}
