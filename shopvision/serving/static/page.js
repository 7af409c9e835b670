// What the page does beyond plain forms: predicts while one types, takes a dropped photo, swaps the panel instead of loading the page.
const panel = document.getElementById('panel'), state = document.getElementById('state')
const say = text => { if (state) state.textContent = text }

function show(html, focus) { // replaces the panel, and keeps the keyboard where it was
  panel.innerHTML = html
  if (!focus) return
  const again = panel.querySelector(`[data-field="${CSS.escape(focus)}"] button, [data-field="${CSS.escape(focus)}"] summary`)
  if (again) again.focus()
}

let running // the prediction that is being waited for
async function predict(form) {
  running?.abort()
  const mine = running = new AbortController()
  say(document.body.dataset.thinking)
  try {
    const answer = await fetch(form.getAttribute('action'), {method: 'POST', body: new FormData(form), headers: {'X-Live': '1'}, signal: mine.signal})
    if (!answer.ok) { say((await answer.json()).detail || answer.statusText); return }
    const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader()
    for (let rest = '', part; !(part = await reader.read()).done;) {
      const lines = (rest + part.value).split('\n')
      rest = lines.pop()
      for (const line of lines) show(JSON.parse(line).html)
    }
    say('')
    history.replaceState(null, '', '/admin/listings/' + encodeURIComponent(form.elements.id.value) + location.search)
  } catch (e) { if (e.name !== 'AbortError') say(document.body.dataset.offline) }
}

for (const form of document.querySelectorAll('form[data-live]')) {
  let timer
  const photo = form.elements.photo, drop = form.querySelector('[data-drop]'), shown = form.querySelector('[data-shown]')
  const preview = () => { if (photo.files[0]) { shown.src = URL.createObjectURL(photo.files[0]); shown.hidden = false } }
  form.addEventListener('submit', e => { e.preventDefault(); clearTimeout(timer); predict(form) })
  form.addEventListener('input', e => {
    clearTimeout(timer)
    if (e.target === photo) preview()
    if (photo.files[0] || form.elements.title.value.trim().length > 3) timer = setTimeout(predict, e.target === photo ? 0 : 700, form)
  })
  for (const kind of ['dragover', 'dragleave', 'drop']) drop.addEventListener(kind, e => {
    e.preventDefault()
    drop.classList.toggle('over', kind === 'dragover')
    if (kind === 'drop' && e.dataTransfer.files.length) { photo.files = e.dataTransfer.files; preview(); predict(form) }
  })
}

document.addEventListener('submit', async e => {
  const form = e.target
  if (!form.matches('form[data-swap]')) return
  e.preventDefault()
  const values = new FormData(form)
  try {
    const answer = await fetch(form.getAttribute('action'), {method: 'POST', body: values, headers: {'X-Live': '1'}})
    if (answer.redirected) location.reload()
    else if ((answer.headers.get('content-type') || '').startsWith('text/html')) show(await answer.text(), values.get('field'))
    else say((await answer.json()).detail)
  } catch { say(document.body.dataset.offline) }
})

let searching
document.addEventListener('input', e => {
  const to = e.target.dataset?.find
  if (!to) return
  clearTimeout(searching)
  searching = setTimeout(async () => {
    const answer = await fetch(to + '&q=' + encodeURIComponent(e.target.value))
    if (answer.ok) document.getElementById('found').innerHTML = await answer.text()
  }, 150)
})

const key = document.getElementById('key') // a link may bring the key along; what follows # is never sent to a server
if (key && location.hash.startsWith('#sv_')) { key.value = location.hash.slice(1); history.replaceState(null, '', location.pathname) }

const vote = document.querySelector('form[data-keys]') // a reviewer's hands stay on the keyboard
if (vote) {
  const other = vote.querySelector('[data-other]')
  const choose = box => { box.checked = true; box.focus(); if (box.value === 'other') { other.open = true; other.querySelector('input')?.focus() } }
  other.addEventListener('input', () => { vote.querySelector('[value=other]').checked = true })
  document.addEventListener('keydown', e => {
    if (e.ctrlKey || e.metaKey || e.altKey || e.target.matches('textarea, input:not([type=radio])')) return
    const box = vote.querySelector(`[data-number="${CSS.escape(e.key)}"]`)
    if (box) { e.preventDefault(); choose(box) }
    else if (e.key === 's') document.getElementById('skip-task')?.requestSubmit()
    else if (e.key === 'Enter' && e.target.matches('[type=radio], body')) { e.preventDefault(); vote.requestSubmit() }
  })
}
const go = document.querySelector('[data-go]')
if (go) location.replace(go.href)
