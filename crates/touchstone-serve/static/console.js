'use strict';
// Keys for the server's pages. Everything they do can be done by pointing as well.
(() => {
  const one = selector => document.querySelector(selector);
  const rows = [...document.querySelectorAll('table.rows tbody tr')];
  const keys = one('#keys');

  function step(by) {
    const at = rows.findIndex(r => r.classList.contains('here'));
    const next = rows[Math.max(0, Math.min(rows.length - 1, at + by))];
    if (!next) return;
    rows.forEach(r => r.classList.remove('here'));
    next.classList.add('here');
    const link = next.querySelector('a');
    if (link) link.focus({ preventScroll: true });
    next.scrollIntoView({ block: 'nearest' });
  }
  function press(selector) {
    const button = one(selector);
    if (button) button.click();
  }
  function decide() {
    const field = one('#decide input[type="radio"], #decide textarea, #claim');
    if (!field) return;
    field.scrollIntoView({ block: 'center' });
    field.focus({ preventScroll: true });
  }
  const acts = {
    j: () => step(1),
    k: () => step(-1),
    n: () => (one('#next') ? press('#next') : one('#up') && (location.href = '/queue')),
    c: () => press('#claim'),
    d: decide,
    u: () => one('#up') && (location.href = one('#up').getAttribute('href')),
    '/': () => one('#query') && one('#query').focus(),
    l: () => press('#language'),
    '?': () => keys && (keys.open ? keys.close() : keys.showModal()),
  };
  addEventListener('keydown', event => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest('input:not([type="radio"]), textarea, select')) {
      if (event.key === 'Escape') event.target.blur();
      return;
    }
    if (keys && keys.open && event.key !== '?') return;
    const act = acts[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  });
  if (one('#keys-open')) one('#keys-open').addEventListener('click', () => keys.showModal());

  // Nothing is done to who is not confirmed: what cannot be chosen is not shown.
  const then = one('.only-confirmed');
  if (then) {
    const show = () => {
      const chosen = one('input[name="answer"]:checked');
      then.hidden = !chosen || chosen.value !== 'confirmed';
    };
    document.querySelectorAll('input[name="answer"]').forEach(i => i.addEventListener('change', show));
    show();
  }
})();
