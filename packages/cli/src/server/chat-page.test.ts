/** The chat page in a real browser, against the real server with a tiny model. */
import { join } from 'node:path';
import { OnnxEngine } from '@alpacare/core';
import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chromiumPath, NO_CHROMIUM, openBrowser } from '../../../eval/test/browser.ts';
import { bundledModel } from '../config/assets.ts';
import { openAssistant } from '../config/open-assistant.ts';
import { type RunningServer, startServer } from './start-server.ts';

const REMINDER = 'This is educational only — consult a qualified clinician.';
const shots = process.env.ALPACARE_SCREENSHOTS;
const engine = new OnnxEngine({ threads: 1 });
let server: RunningServer;

beforeAll(async () => {
  server = await startServer({
    host: '127.0.0.1',
    port: 0,
    modelId: 'tiny',
    open: (onStage) => openAssistant(engine, { model: bundledModel, onStage }),
    waiting: 4,
    limits: { maxTokens: 256, defaultTokens: 16, bodyBytes: 64 * 1024 },
    onFault: () => {},
  });
});
afterAll(async () => {
  await server?.close(0);
  await engine.dispose();
});

interface Opened {
  readonly page: Page;
  readonly context: BrowserContext;
  readonly requests: string[];
  readonly errors: string[];
  close(): Promise<void>;
}

async function open(width: number, height: number, dark = false): Promise<Opened> {
  const { context, close } = await openBrowser({ width, height, dark });
  const requests: string[] = [];
  const errors: string[] = [];
  context.on('request', (request) => requests.push(request.url()));
  const page = await context.newPage();
  page.on('pageerror', (error) => errors.push(error.message));
  page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
  page.setDefaultTimeout(20_000);
  await page.goto(server.url);
  return { page, context, requests, errors, close };
}

const agree = (page: Page) => page.getByRole('button', { name: 'I understand' }).click();
const answers = (page: Page) => page.locator('.answer:not([aria-busy])');
async function settled(page: Page, count: number): Promise<void> {
  await answers(page)
    .nth(count - 1)
    .locator('.reminder')
    .waitFor();
}
const shot = async (page: Page, name: string) => {
  if (shots) await page.screenshot({ path: join(shots, `${name}.png`) });
};

describe('the chat page', () => {
  it('shows what it is first, then streams a guarded answer, by keyboard, asking no other host', async (ctx) => {
    if (chromiumPath === undefined) return ctx.skip(NO_CHROMIUM);
    const { page, requests, errors, close } = await open(1280, 800);
    try {
      // Neither Escape nor a question gets past the dialog.
      await page.keyboard.press('Escape');
      expect(
        await page
          .getByRole('dialog')
          .getByText(/not a doctor/)
          .isVisible(),
      ).toBe(true);
      await shot(page, 'welcome');
      await page.keyboard.press('Enter');
      expect(await page.evaluate('document.activeElement.id')).toBe('question');
      await shot(page, 'start');
      await page.getByRole('button', { name: 'Settings' }).click();
      await page.getByLabel('Longest answer').fill('32');
      await page.getByLabel('Temperature').fill('0');
      await page.locator('#question').focus();
      await page.keyboard.type('What is a fever?');
      await page.keyboard.press('Enter');
      await settled(page, 1);
      const first = answers(page).first();
      expect(await first.locator('.reminder').textContent()).toBe(REMINDER);
      expect((await first.locator('.text').textContent())!.length).toBeGreaterThan(20);
      expect(await page.locator('#announce').textContent()).toMatch(/^Answer: /);
      expect(await page.evaluate('document.activeElement.id')).toBe('question');

      // The guard's own answers are marked.
      await page.keyboard.type('How many mg of ibuprofen should I take?');
      await page.keyboard.press('Enter');
      await settled(page, 2);
      await answers(page).nth(1).getByText('The safety guard answered this one.').waitFor();
      await page.keyboard.type('I have crushing chest pain right now');
      await page.keyboard.press('Enter');
      await settled(page, 3);
      expect(await page.locator('#alert').textContent()).toMatch(/emergency/i);
      await shot(page, 'answers');
      expect(await page.locator('.disclaimer-bar').isVisible()).toBe(true);
      expect(requests.filter((url) => !url.startsWith(server.url) && !url.startsWith('data:'))).toEqual([]);
      expect(errors).toEqual([]);
    } finally {
      await close();
    }
  });

  it('keeps conversations over a reload, opens and deletes them, and runs no markup', async (ctx) => {
    if (chromiumPath === undefined) return ctx.skip(NO_CHROMIUM);
    const { page, context, errors, close } = await open(1280, 800, true);
    try {
      await agree(page);
      await page.getByRole('button', { name: /How does a vaccine/ }).click();
      await settled(page, 1);
      await page.getByRole('button', { name: 'New conversation' }).click();
      const nasty = '<img src=x onerror="document.title=1"> what is sleep?';
      await page.locator('#question').fill(nasty);
      await page.getByRole('button', { name: 'Send' }).click();
      await settled(page, 1);
      expect(await page.locator('.question .text').textContent()).toBe(nasty);
      const again = await context.newPage();
      await page.close();
      await again.goto(server.url);
      expect(await again.getByRole('dialog').count()).toBe(0);
      expect(await again.locator('.question .text').textContent()).toBe(nasty);
      expect(await again.title()).toBe('Health education assistant');
      await again
        .getByRole('button', { name: /^How does a vaccine/ })
        .first()
        .click();
      expect(await again.locator('.question .text').textContent()).toMatch(/^How does a vaccine/);
      await shot(again, 'history-dark');
      await again.getByRole('button', { name: /^Delete: How does/ }).click();
      expect(await again.locator('#start').isVisible()).toBe(true);
      expect(errors).toEqual([]);
    } finally {
      await close();
    }
  });

  it('stops an answer, and says when the server is gone', async (ctx) => {
    if (chromiumPath === undefined) return ctx.skip(NO_CHROMIUM);
    const { page, close } = await open(1280, 800);
    try {
      await agree(page);
      await page.getByRole('button', { name: 'Settings' }).click();
      await page.getByLabel('Longest answer').fill('256');
      await page.getByLabel('Temperature').fill('1.5');
      await page.locator('#question').fill('Tell me about walking and sleep.');
      // Pressed in the page as soon as there is a word: the whole answer takes less than a key from outside.
      await page.evaluate(`new MutationObserver((_, observer) => {
        if (!document.querySelector('.answer .text')?.textContent) return;
        observer.disconnect();
        document.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape', bubbles: true }));
      }).observe(document.body, { childList: true, subtree: true, characterData: true })`);
      await page.keyboard.press('Enter');
      await page.locator('.answer .reminder').waitFor();
      await page.getByRole('button', { name: 'Send' }).waitFor();
      expect(await page.locator('.answer .text').textContent()).toMatch(/\[stopped\]$/);
      expect(await page.locator('.answer .reminder').textContent()).toBe(REMINDER);
      await page.reload();
      expect(await page.locator('.answer .reminder').textContent()).toBe(REMINDER);
      await page.route('**/v1/**', (route) => route.abort());
      await page.locator('#question').fill('And water?');
      await page.keyboard.press('Enter');
      await page.getByText('The server cannot be reached.', { exact: false }).last().waitFor();
      await page.unroute('**/v1/**');
      await page.getByRole('button', { name: 'Try again' }).click();
      await page.locator('.answer .reminder').nth(1).waitFor();
    } finally {
      await close();
    }
  });

  it.for([
    { width: 320, dark: false },
    { width: 390, dark: true },
  ])('fits a phone of $width pixels, and names everything for a screen reader', async ({ width, dark }, ctx) => {
    if (chromiumPath === undefined) return ctx.skip(NO_CHROMIUM);
    const { page, close } = await open(width, 720, dark);
    try {
      await shot(page, `phone-${width}-welcome`);
      await agree(page);
      await shot(page, `phone-${width}-start`);
      await page.getByRole('button', { name: 'Settings' }).click();
      const tree = await page.locator('body').ariaSnapshot();
      expect(tree).toMatch(/complementary "Important"/);
      expect(tree).toMatch(/heading "Health education assistant" \[level=1\]/);
      expect(tree).toMatch(/textbox "Your question"/);
      expect(tree).toMatch(/slider "Longest answer"/);
      expect(tree).toMatch(/slider "Temperature"/);
      expect(tree).not.toMatch(/- (button|textbox|slider|link)(:|$) *$/m);
      await shot(page, `phone-${width}-settings`);
      await page.getByRole('button', { name: 'Settings' }).click();
      await page.locator('#question').fill('What is a fever?');
      await page.getByRole('button', { name: 'Send' }).click();
      await settled(page, 1);
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
      await shot(page, `phone-${width}-answer`);
      await page.getByRole('button', { name: 'History' }).click();
      expect(await page.evaluate('document.activeElement.id')).toBe('new-conversation');
      await shot(page, `phone-${width}-history`);
      await page.keyboard.press('Escape');
      expect(await page.evaluate('document.activeElement.id')).toBe('show-history');
      expect(await page.locator('.disclaimer-bar').isVisible()).toBe(true);
    } finally {
      await close();
    }
  });
});
