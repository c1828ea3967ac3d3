'use strict';
// Turns the pages within the page, searches, sorts, and translates. Without it everything but packed cases is there, one
// below the other, in English.
(() => {
  const root = document.documentElement;
  const one = (selector, within = document) => within.querySelector(selector);
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];

  // ---- Language: every text of the page is English; the catalogue knows its Chinese, {} standing for whatever a sentence holds.
  // Names from the log (bdi, .name) are never touched.
  const MONTHS = 'Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec';
  const TOKEN = new RegExp([
    `\\d{1,2} (?:${MONTHS}) \\d{4}(?:, \\d\\d:\\d\\d(?::\\d\\d)?)?`, `\\d{1,2} (?:${MONTHS})\\b`, `(?:${MONTHS}) \\d{4}`,
    '\\d\\d:\\d\\d(?::\\d\\d)?', '1 in [\\d.,]+(?: million billion| trillion| billion| million)?', '1 in a million billion',
    '[\\d.,]*\\d[ \\u00a0](?:s|min|h|days|d|y)(?![a-z])', '\\br\\d+\\b', '[-+\\u2212]?\\d[\\d,]*(?:\\.\\d+)?(?:e\\d+)?%?', '\\u2212?\\u221e',
  ].join('|'));
  const UNITS = { s: '秒', min: '分钟', h: '小时', days: '天', d: '天', y: '年' };
  const SIZES = { 'million billion': '千万亿', trillion: '万亿', billion: '0 亿', million: '00 万' };

  function token(text) {
    let m;
    if ((m = text.match(/^(\d{1,2}) ([A-Z][a-z]{2})(?: (\d{4}))?(?:, ([\d:]+))?$/))) {
      const day = `${MONTHS.split('|').indexOf(m[2]) + 1}月${m[1]}日`;
      return (m[3] ? `${m[3]}年${day}` : day) + (m[4] ? ` ${m[4]}` : '');
    }
    if ((m = text.match(/^([A-Z][a-z]{2}) (\d{4})$/))) return `${m[2]}年${MONTHS.split('|').indexOf(m[1]) + 1}月`;
    if ((m = text.match(/^1 in (a|[\d.,]+)(?: (.+))?$/))) {
      if (m[1] === 'a') return '千万亿分之一';
      const size = SIZES[m[2]] || '';
      // 2.5 million is 250 万, 2.5 billion 25 亿.
      const times = size.startsWith('00') ? 100 : size.startsWith('0') ? 10 : 1;
      const number = times === 1 ? m[1] : String(Number(m[1].replace(/,/g, '')) * times);
      return `1/${number}${size.replace(/^0+/, '')}`;
    }
    if ((m = text.match(/^([\d.,]+)[ \u00a0]([a-z]+)$/))) return `${m[1]} ${UNITS[m[2]]}`;
    return text;
  }

  let catalogue = null;
  let patterns = [];
  const known = new Map();
  function load() {
    catalogue = new Map();
    for (const line of (one('#zh') ? one('#zh').textContent : '').split('\n')) {
      const [english, chinese] = line.split('\t');
      if (!chinese) continue;
      if (english.includes('{}')) {
        const pieces = english.split('{}');
        const literal = pieces.map(p => p.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
        // A semicolon parts sentences: nothing that a sentence holds goes beyond it, but what follows may.
        const last = literal.length - 1;
        const source = literal.reduce((a, b, i) => `${a}${i === last && !b && a.endsWith('; ') ? '(.+)' : '([^;]+?)'}${b}`);
        const longest = pieces.reduce((a, b) => (b.length > a.length ? b : a));
        patterns.push({ test: new RegExp(`^${source}$`, 's'), longest, weight: pieces.join('').length, chinese });
      } else catalogue.set(english, chinese);
    }
    // What says more is tried first; a list of sentences before a list of words.
    patterns.sort((a, b) => b.weight - a.weight || b.longest.includes(';') - a.longest.includes(';'));
  }

  function chinese(text) {
    let found = catalogue.get(text) ?? known.get(text);
    if (found === undefined) {
      found = translated(text);
      known.set(text, found);
    }
    return found;
  }
  function translated(text) {
    const whole = text.match(TOKEN);
    if (whole && whole[0] === text) return token(text);
    if (!/[A-Za-z]{2}/.test(text)) return text;
    for (const { test, longest, chinese: to } of patterns) {
      const parts = text.includes(longest) && text.match(test);
      if (parts) {
        let next = 1;
        return to.replace(/\{(\d)?\}/g, (_, n) => chinese(parts[n ?? next++] ?? ''));
      }
    }
    return text;
  }

  const was = new WeakMap();
  const english = node => was.get(node) ?? node.nodeValue;
  let language = 'en';
  function translate(within) {
    if (language === 'en' && !catalogue) return;
    const walker = document.createTreeWalker(within, NodeFilter.SHOW_TEXT);
    for (let node; (node = walker.nextNode());) {
      if (!node.nodeValue.trim() || node.parentElement.closest('bdi, .name, kbd, script, style, [lang=zh]')) continue;
      if (!was.has(node)) was.set(node, node.nodeValue);
      const original = was.get(node);
      const [, before, text, after] = original.match(/^(\s*)([^]*?)(\s*)$/);
      node.nodeValue = language === 'zh' ? before + chinese(text.replace(/\s*\n\s*/g, ' ')) + after : original;
    }
    for (const attribute of ['aria-label', 'placeholder']) {
      for (const element of all(`[${attribute}]`, within)) {
        const key = `was-${attribute}`;
        if (!element.hasAttribute(`data-${key}`)) element.setAttribute(`data-${key}`, element.getAttribute(attribute));
        const original = element.getAttribute(`data-${key}`);
        element.setAttribute(attribute, language === 'zh' ? chinese(original) : original);
      }
    }
  }
  function speak(to) {
    // Without the switch there is no catalogue, and English must not be called Chinese.
    if (!one('#language')) return;
    if (!catalogue) load();
    language = to;
    root.lang = to === 'zh' ? 'zh-CN' : 'en';
    const button = one('#language');
    if (button) {
      button.textContent = to === 'zh' ? 'English' : '中文';
      button.lang = to === 'zh' ? 'en' : 'zh';
    }
    try { localStorage.setItem('touchstone-language', to); } catch { /* A file may have no storage. */ }
    // What is in sight first; the rest when it comes into sight.
    all('.page.on').forEach(translate);
    for (const part of all('body > :not(main):not(script)')) translate(part);
    if (!one('.page')) translate(document.body);
    say(said);
  }
  let said = '';
  function say(text) {
    said = text;
    const line = one('#said');
    if (line) line.textContent = language === 'zh' ? chinese(text) : text;
  }

  // ---- Pages. A link is a fragment: #rings, #ring-r1, #account/NAME, #target/NAME, #rank/NAME.
  const decoded = hash => { try { return decodeURIComponent(hash); } catch { return hash; } };
  const listOf = { rings: '#list-rings', accounts: '#list-accounts', targets: '#list-targets', ranking: '#list-ranking' };
  let byHref = null;
  function rowOf(hash) {
    if (!byHref) {
      byHref = new Map();
      for (const list of Object.values(listOf)) {
        all(`${list} tbody tr`).forEach((row, i) => {
          row.place = i;
          const link = one('th a', row);
          if (link && !byHref.has(decoded(link.hash))) byHref.set(decoded(link.hash), row);
        });
      }
    }
    return byHref.get(decoded(hash));
  }

  async function unpack(place) {
    const pack = all('script.pack').filter(p => Number(p.dataset.first) <= place).pop();
    const bytes = Uint8Array.from(atob(pack.textContent), c => c.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate-raw'));
    const cases = (await new Response(stream).text()).split('\u001e');
    return cases[place - Number(pack.dataset.first)];
  }

  let turn = 0;
  async function show(hash, isFirst) {
    if (!one('.page')) return;
    const mine = ++turn;
    one('main').setAttribute('aria-busy', 'true');
    let page;
    let at = null;
    root.classList.toggle('all', hash === '#all');
    const row = rowOf(hash);
    if (hash.startsWith('#account/') && row) {
      page = one('#account');
      const html = await unpack(row.place);
      if (mine !== turn) return;
      page.innerHTML = html;
    } else if (/^#(?:target|rank)\//.test(hash) && row) {
      page = row.closest('.page');
      at = row;
    } else if (/^#(?:account\/|target\/|rank\/|ring-)/.test(hash) && !document.getElementById(hash.slice(1))) {
      page = one('#missing');
    } else {
      const element = (hash.length > 1 && hash !== '#all' && document.getElementById(hash.slice(1))) || one('#overview');
      page = element.closest('.page') || one('#overview');
      at = element === page ? null : element;
    }
    one('main').removeAttribute('aria-busy');
    search('');
    all('.page.on').forEach(p => p.classList.remove('on'));
    page.classList.add('on');
    const part = page.id === 'account' ? 'accounts' : page.closest('#cases') ? 'rings' : page.id;
    for (const link of all('nav a')) {
      if (link.hash === `#${part}`) link.setAttribute('aria-current', 'page'); else link.removeAttribute('aria-current');
    }
    translate(page);
    all('tr.here').forEach(r => r.classList.remove('here'));
    if (isFirst && !at) return;
    const heading = one('[tabindex="-1"]', page);
    if (at) {
      at.classList.toggle('here', at.tagName === 'TR');
      at.scrollIntoView({ block: 'center' });
      (one('a', at) || at).focus({ preventScroll: true });
    } else {
      scrollTo(0, 0);
      if (heading) heading.focus({ preventScroll: true });
    }
  }
  const current = () => one('.page.on');
  const rows = list => all(`${list} tbody tr`).filter(row => !row.hidden);

  // ---- Sorting: a click on a heading; again for the other way.
  const textOf = cell => {
    const walker = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT);
    let text = '';
    for (let node; (node = walker.nextNode());) text += english(node);
    return text.trim();
  };
  const numberOf = text => {
    const m = text.replace(/,/g, '').replace('\u2212', '-').match(/-?(?:\d+(?:\.\d+)?(?:e\d+)?|\u221e)/);
    return m ? Number(m[0].replace('\u221e', 'Infinity')) : -Infinity;
  };
  const dateOf = text => Date.parse(`${text.split(' to ')[0].replace(',', '')} UTC`);
  function sortable(table) {
    all('thead th', table).forEach((heading, column) => {
      const button = document.createElement('button');
      button.type = 'button';
      button.append(...heading.childNodes);
      heading.append(button);
      button.addEventListener('click', () => {
        const down = heading.getAttribute('aria-sort') === 'descending';
        // Numbers from the largest, words from A.
        const isNumber = heading.classList.contains('n');
        const up = heading.hasAttribute('aria-sort') ? down : !isNumber;
        all('th[aria-sort]', table).forEach(h => h.removeAttribute('aria-sort'));
        heading.setAttribute('aria-sort', up ? 'ascending' : 'descending');
        const body = one('tbody', table);
        const keys = [...body.rows].map((row, i) => {
          const text = textOf(row.cells[column]);
          const date = isNumber ? NaN : dateOf(text);
          return { row, i, key: isNumber ? numberOf(text) : Number.isNaN(date) ? text : date };
        });
        const compare = (a, b) => (typeof a === 'number' && typeof b === 'number')
          ? (a < b ? -1 : a > b ? 1 : 0) : String(a).localeCompare(String(b), 'en', { numeric: true });
        keys.sort((a, b) => (up ? 1 : -1) * compare(a.key, b.key) || a.i - b.i);
        body.append(...keys.map(k => k.row));
      });
    });
  }

  // ---- Search: on a list it filters, elsewhere it offers what it finds.
  function search(query) {
    const box = one('#search');
    const found = one('#found');
    if (!box) return;
    if (box.value !== query) box.value = query;
    const wanted = query.trim().toLowerCase();
    const has = row => textOf(row).toLowerCase().includes(wanted);
    const list = listOf[current() && current().id];
    found.hidden = true;
    for (const l of Object.values(listOf)) {
      if (l !== list || !wanted) all(`${l} tbody tr[hidden]`).forEach(r => { r.hidden = false; });
    }
    if (!wanted) return say('');
    if (list) {
      const every = all(`${list} tbody tr`);
      let n = 0;
      for (const row of every) {
        row.hidden = !has(row);
        n += row.hidden ? 0 : 1;
      }
      return say(`${n} of ${every.length} rows`);
    }
    const hits = Object.values(listOf).flatMap(l => all(`${l} tbody tr`).filter(has));
    found.replaceChildren();
    const items = document.createElement('ul');
    for (const row of hits.slice(0, 12)) {
      const link = one('th a', row);
      if (!link) continue;
      const item = document.createElement('li');
      item.append(link.cloneNode(true));
      items.append(item);
    }
    found.append(items);
    found.hidden = items.childElementCount === 0;
    return say(hits.length === 1 ? '1 found' : `${hits.length} found`);
  }

  // ---- Keys.
  function step(by) {
    const page = current();
    const list = listOf[page.id];
    if (list) {
      const visible = rows(list);
      const at = visible.findIndex(r => r.classList.contains('here'));
      const next = visible[Math.max(0, Math.min(visible.length - 1, at + by))];
      if (!next) return;
      all('tr.here').forEach(r => r.classList.remove('here'));
      next.classList.add('here');
      const link = one('th a', next);
      if (link) link.focus();
      next.scrollIntoView({ block: 'nearest' });
      return;
    }
    const order = page.id === 'account' ? '#list-accounts' : page.closest('#cases') ? '#list-rings' : null;
    if (!order) return;
    const links = rows(order).map(r => one('th a', r)).filter(Boolean);
    const at = links.findIndex(l => decoded(l.hash) === decoded(location.hash));
    const next = links[at + by];
    if (at >= 0 && next) location.hash = next.hash;
  }
  function key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const box = one('#search');
    if (event.target === box) {
      if (event.key === 'Escape') { search(''); box.blur(); }
      return;
    }
    const help = one('#help');
    if (help && help.open && event.key !== '?') return;
    const pages = { 1: '#overview', 2: '#rings', 3: '#accounts', 4: '#targets', 5: '#ranking' };
    const keys = {
      j: () => step(1),
      k: () => step(-1),
      '/': () => box.focus(),
      '?': () => (help.open ? help.close() : help.showModal()),
      l: () => speak(language === 'zh' ? 'en' : 'zh'),
      u: () => {
        const page = current();
        location.hash = page.id === 'account' ? '#accounts' : page.closest('#cases') ? '#rings' : '#overview';
      },
    };
    const act = keys[event.key] || (pages[event.key] && (() => { location.hash = pages[event.key]; }));
    if (!act || !current()) return;
    event.preventDefault();
    act();
  }

  all('.list table').forEach(sortable);
  if (one('#search')) one('#search').addEventListener('input', event => search(event.target.value));
  if (one('#help-open')) {
    one('#help-open').addEventListener('click', () => one('#help').showModal());
    one('#help-close').addEventListener('click', () => one('#help').close());
  }
  if (one('#language')) one('#language').addEventListener('click', () => speak(language === 'zh' ? 'en' : 'zh'));
  addEventListener('keydown', key);
  addEventListener('hashchange', () => show(location.hash, false));
  let wish = navigator.language || 'en';
  try { wish = localStorage.getItem('touchstone-language') || wish; } catch { /* None kept. */ }
  show(location.hash, true).then(() => { if (wish.toLowerCase().startsWith('zh')) speak('zh'); });
})();
