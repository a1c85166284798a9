// Officers at their desks, in browsers of their own.
import { ward } from './birth.mjs';

export const submit = 'main form .actions button.btn';

/** The officer of `post` at a desk of his own. */
export async function officer({ enter, province }, post, { agency = ward, ...options } = {}) {
  const visitor = await enter(options);
  await visitor.signIn(province.account(post, agency));
  return visitor;
}

export const dossier = (code) => `/ban-lam-viec/ho-so/${code}`;

/** Opens the dossier and the act named, fills its form, and does it. */
export async function handle(visitor, code, name, answers = {}, status = 200) {
  await visitor.go(dossier(code));
  await visitor.press(visitor.page.locator('.cta a.btn', { hasText: name }).first());
  await visitor.fill(answers);
  await visitor.press(visitor.page.locator(submit).first(), status);
}

/** Waits for the machine: what is drawn and signed after the commit. */
export async function once(province, post, visitor, code, words, agency = ward) {
  const { login } = province.account(post, agency);
  await province.whenDeskChanges(login, async () => {
    await visitor.go(dossier(code));
    return (await visitor.text()).includes(words);
  }, `"${words}" on ${code}`);
}
