// What officers do to a dossier while a journey is about somebody else: by the API, as each of them.
import assert from 'node:assert/strict';
import { ward } from './birth.mjs';

/** The open task of a dossier that `login` may do; its name, due time and outcomes. */
async function taskOf(province, login, code) {
  for (let cursor = ''; ;) {
    const { status, body } = await province.api('GET', `/api/v1/tasks?limit=100${cursor && `&cursor=${encodeURIComponent(cursor)}`}`, { login });
    assert.equal(status, 200, JSON.stringify(body));
    const found = body.items.find((task) => task.dossier === code);
    if (found || !body.next) return found;
    cursor = body.next;
  }
}

/** Does the next task of the dossier as the account whose post holds `post` in an agency that holds `agency`. */
export async function act(province, code, post, outcome, { form = {}, reason, agency = ward } = {}) {
  const { login } = province.account(post, agency);
  const task = await province.whenDeskChanges(login, () => taskOf(province, login, code), `a task of ${code} for ${login}`);
  const answer = await province.api('POST', `/api/v1/tasks/${task.id}/complete`, { login, body: { outcome, form, ...(reason && { reason }) } });
  assert.equal(answer.status, 200, `${outcome}: ${JSON.stringify(answer.body)}`);
  return answer.body;
}

export const desk = 'tiếp nhận';
export const justice = 'hộ tịch';
export const chairman = 'Phó Chủ tịch';
export const clerk = 'Văn thư';
