#!/usr/bin/env bash
# Publishes the built site/ on the branch gh-pages, as /next and, with a version such as v1.2.3, as that too.
# Run in the root of a clone: scripts/docs/publish-site.sh [version]
set -euo pipefail
version=${1:-}
export GIT_AUTHOR_NAME='github-actions[bot]' GIT_AUTHOR_EMAIL='41898282+github-actions[bot]@users.noreply.github.com'
export GIT_COMMITTER_NAME=$GIT_AUTHOR_NAME GIT_COMMITTER_EMAIL=$GIT_AUTHOR_EMAIL

published=$(mktemp -d)
trap 'git worktree remove --force "$published"' EXIT
if git fetch --quiet --depth=1 origin gh-pages; then
  start=$(git rev-parse FETCH_HEAD)
elif git ls-remote --exit-code --heads origin gh-pages >/dev/null; then
  echo 'The branch gh-pages could not be fetched.' >&2
  exit 1
else
  start=$(git commit-tree "$(git mktree </dev/null)" -m 'Begin the published documentation')
fi
git worktree add --quiet --detach "$published" "$start"

node scripts/docs/add-version.mjs site "$published" next
if [ -n "$version" ]; then node scripts/docs/add-version.mjs site "$published" "$version"; fi

git -C "$published" add --all --force
if git -C "$published" diff --cached --quiet; then
  echo 'The published site is the same already.'
else
  git -C "$published" commit --quiet --message="Publish the documentation${version:+ of $version}"
  git -C "$published" push --quiet origin HEAD:refs/heads/gh-pages
fi
