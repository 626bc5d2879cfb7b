// Shows all guides in the navigation until the reader has folded a group.
const navigation = document.getElementById('tsd-nav-container');
if (navigation !== null) new MutationObserver(showGuides).observe(navigation, { childList: true });

function showGuides() {
  for (const group of navigation.querySelectorAll(':scope > li > details')) {
    const { key } = group.querySelector('summary').dataset;
    if (key !== 'Packages' && localStorage.getItem(`tsd-accordion-${key}`) === null) group.open = true;
  }
}

// Turns the version of the page into a choice, if the site lies among other versions: see add-version.mjs.
const shown = document.querySelector('span.version');
const base = new URL(document.documentElement.dataset.base ?? './', location.href);
if (shown !== null && location.protocol.startsWith('http')) void offerVersions();

async function offerVersions() {
  const response = await fetch(new URL('../versions.json', base)).catch(() => undefined);
  if (response?.ok !== true || !response.headers.get('content-type')?.includes('json')) return;
  const versions = await response.json();
  const here = base.pathname.split('/').at(-2);
  const choice = document.createElement('select');
  choice.className = 'version';
  choice.ariaLabel = 'Version of the documentation';
  for (const { folder, title } of versions) choice.add(new Option(title, folder, false, folder === here));
  choice.addEventListener('change', () => void openVersion(choice.value));
  shown.replaceWith(choice);
}

// Opens this page in another version, or its front page if it has no such page.
async function openVersion(folder) {
  const root = new URL(`../${folder}/`, base);
  const page = new URL(location.href.slice(base.href.length), root);
  const response = await fetch(page, { method: 'HEAD' }).catch(() => undefined);
  location.href = (response?.ok === true ? page : new URL('index.html', root)).href;
}
