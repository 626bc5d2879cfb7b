// The rooms of each package (the folders of its src, and the files beside them), and which other rooms each may import. docs/architecture.md
// draws them. A package that is not listed is one room.
export const rooms = {
  callbacks: {
    index: ['backup', 'callbacks', 'progress', 'storage', 'contract'],
    store: ['storage', 'checks', 'contract'],
    checkpoint: ['format', 'contract'],
    internal: ['callbacks', 'checks'],
    testing: ['backup', 'format', 'checks', 'contract'],
    backup: ['callbacks', 'format', 'storage', 'checks', 'contract', 'version'],
    callbacks: ['format', 'storage', 'checks', 'contract', 'version'],
    progress: ['checks', 'contract'],
    format: ['checks', 'contract'],
    storage: ['checks', 'contract'],
    checks: ['contract'],
    contract: [],
    version: [],
  },
};
