#!/usr/bin/env bash
# npm run bench [-- CLONE]: what the resource costs as the image has it, beside the best script, bare Node, and the build of
# another commit in CLONE, a clone in which `npm ci && npm run build` has run. Prints tables in Markdown, medians all.
# Needs hyperfine, /usr/bin/time, jq and wget. Variables:
#   IMAGE_NODE the image's Node; the one of the PATH unless it is set
#   RUNS       runs of each, in turn so that a busy moment meets all alike; 20 unless it is set
#   DOCUMENT   a document of AWS's, *.json or *.json.gz; one that is made by arithmetic unless it is set
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

other=${1-}
node=${IMAGE_NODE:-$(command -v node)}
runs=${RUNS:-20}
for tool in hyperfine /usr/bin/time jq wget; do
  command -v "$tool" >/dev/null || { echo "error: $tool is missing; on Debian: apt-get install hyperfine time jq wget" >&2 && exit 1; }
done
work=$(mktemp -d)
trap 'kill "${publisher-}" 2>/dev/null || true; rm -rf "$work"' EXIT

node --import=tsx tools/install.ts "$work/ours" "$node"
builds=(ours)
if [[ -n $other ]]; then
  (cd "$other" && node --import=tsx tools/install.ts "$work/other" "$node")
  builds+=(other)
fi

node --import=tsx tools/bench/publish.ts "${DOCUMENT-}" >"$work/urls" &
publisher=$!
until [[ -s $work/urls && $(wc -l <"$work/urls") == 2 ]]; do kill -0 "$publisher" && sleep 0.1; done
mapfile -t urls <"$work/urls"

# request BUILD NAME URL SOURCE VERSION PARAMS: a request of Concourse, for a build.
request() {
  jq -nc --arg url "$3" --argjson source "$4" --argjson version "$5" --argjson params "$6" \
    '{source: ($source + {url: $url}), version: $version, params: $params}' >"$work/$1/$2.json"
}

# as BUILD COMMAND…: runs a command with what a container has in its environment, and a memory of the build's own.
as() {
  local tmp=$work/tmp/$1
  shift
  mkdir -p "$tmp"
  env -i PATH="$PATH" LC_ALL=C TMPDIR="$tmp" "$@"
}

# once JOB BUILD REQUEST COMMAND…: one run for the time, one for the memory, as a line of the job's results.
once() {
  local job=$1 build=$2 input=$work/$2/$3.json kind
  shift 3
  for kind in time memory; do
    # Only a steady check finds what the check before it left.
    if [[ $job != steady* ]]; then rm -rf "$work/tmp/$build"; fi
    rm -rf "$work/destination"
    mkdir "$work/destination"
    if [[ $kind == time ]]; then
      # Debian's hyperfine has no --input; this sh takes half a millisecond of every subject.
      as "$build" hyperfine --shell=none --runs 1 --style none --export-json "$work/run.json" \
        "sh -c 'exec $* <$input'" >/dev/null 2>&1 || fails "$input" "$@"
    else
      as "$build" /usr/bin/time --format %M --output "$work/memory" "$@" <"$input" >/dev/null 2>&1
    fi
  done
  # Milliseconds and MiB.
  jq -c --arg job "$job" --arg subject "$build" --argjson memory "$(cat "$work/memory")" '.results[0] |
    {job: $job, subject: $subject, wall: (.mean * 1000), cpu: ((.user + .system) * 1000), memory: ($memory / 1024)}' \
    "$work/run.json" >>"$work/$results"
}

# fails INPUT COMMAND…: shows why a run failed.
fails() {
  local input=$1
  shift
  echo "error: this fails: $*" >&2
  "$@" <"$input" >&2
  exit 1
}

# measure JOB REQUEST URL EXECUTABLE [DIRECTORY]: each build, the script where it has a URL, and bare Node, in turn.
measure() {
  local job=$1 input=$2 url=$3 executable=$4 turn build
  shift 4
  echo "$job…" >&2
  for ((turn = 0; turn <= runs; turn++)); do
    # The first turn warms the caches of the system.
    results=$((turn > 0)).results
    for build in "${builds[@]}"; do
      once "$job" "$build" "$input" "$work/$build/$executable" "${@/BUILD/$build}"
    done
    if [[ -n $url ]]; then once "$job" script "$input" sh tools/bench/one-pass.sh "$url" "$@"; fi
    once "$job" node "$input" "$node" -e 0
  done
}

# newest BUILD SOURCE: the version that its check finds.
newest() {
  request "$1" newest "${urls[0]}" "$2" null '{}'
  as "$1" "$work/$1/check" <"$work/$1/newest.json" | jq -c '.[0]'
}

region='{"services": ["S3"], "regions": ["us-gov-west-1"]}'
everything=$(wget --quiet --output-document=- "${urls[0]}" | jq -c '{services: ([.prefixes[].service] | unique)}')
for build in "${builds[@]}"; do
  version=$(newest "$build" "$region")
  old=$(jq -c '.syncToken |= (tonumber - 1 | tostring)' <<<"$version")
  request "$build" steady "${urls[0]}" "$region" "$version" '{}'
  request "$build" new "${urls[0]}" "$region" "$old" '{}'
  request "$build" larger "${urls[1]}" "$region" "$old" '{}'
  request "$build" held "${urls[0]}" "$region" "$version" '{}'
  request "$build" document "${urls[0]}" "$region" "$version" '{"document": true}'
  # The guard judges as many rules as the document lists CIDRs.
  request "$build" everything "${urls[0]}" "$everything" "$(newest "$build" "$everything")" '{}'
  request "$build" guard "${urls[0]}" "$everything" null '{"rules": "rules.json", "ranges": "ranges"}'
  sources=$work/$build/sources
  mkdir -p "$sources/ranges"
  as "$build" "$work/$build/in" "$sources/ranges" <"$work/$build/everything.json" >/dev/null
  jq -Rnc '[inputs | {protocol: "tcp", destination: ., ports: "443"}]' "$sources/ranges/cidrs.txt" >"$sources/rules.json"
done
for subject in script node; do cp -r "$work/ours" "$work/$subject"; done

# The script does the same job: the same list.
mkdir "$work/by-script" "$work/by-us"
sh tools/bench/one-pass.sh "${urls[0]}" "$work/by-script" <"$work/ours/document.json" >/dev/null
as ours "$work/ours/in" "$work/by-us" <"$work/ours/document.json" >/dev/null 2>&1
cmp <(sort "$work/by-script/cidrs.txt") <(sort "$work/by-us/cidrs.txt")

destination=$work/destination
measure 'steady check' steady "${urls[0]}" check
measure 'check with something new' new "${urls[0]}" check
measure 'in, the version holds its list' held '' in "$destination"
measure 'in with document: true' document "${urls[0]}" in "$destination"
measure 'check with something new, document x5' larger "${urls[1]}" check
measure "guard, $(wc -l <"$work/ours/sources/ranges/cidrs.txt") rules" guard '' out "$work/BUILD/sources"

echo "Medians of $runs runs of each in turn; Node $("$node" --version), $(sed -n 's/^model name.*: //p' /proc/cpuinfo | sed -n 1p), $(nproc) processors, load $(cut -d ' ' -f 1 /proc/loadavg):"
jq -rs '
  def median: sort | (.[(length - 1) / 2 | floor] + .[length / 2 | floor]) / 2;
  def medians: {subject: .[0].subject, wall: (map(.wall) | median), cpu: (map(.cpu) | median), memory: (map(.memory) | median)};
  def ratio($a; $b): $a / $b * 100 | round | . / 100;
  def row: "| " + (map(tostring) | join(" | ")) + " |";
  [group_by(.job)[] | {job: .[0].job, subjects: (group_by(.subject) | map(medians))}] as $jobs |
  "",
  (["job", "subject", "wall, ms", "processor, ms", "memory, MiB", "ours to it: wall", "processor"] | row),
  ([range(7) | "---"] | row),
  ($jobs[] | .job as $job | (.subjects[] | select(.subject == "ours")) as $ours | .subjects[] |
    [$job, .subject, (.wall, .cpu, .memory | round), ratio($ours.wall; .wall), ratio($ours.cpu; .cpu)] | row),
  "",
  (["ours to the other build", "processor time", "at most", "memory, MiB", "at most", "reached"] | row),
  ([range(6) | "---"] | row),
  ($jobs[] | .job as $job | (.subjects[] | select(.subject == "ours")) as $ours | .subjects[] | select(.subject == "other") |
    ratio($ours.cpu; .cpu) as $cpu | ($ours.memory - .memory | . * 10 | round | . / 10) as $memory |
    [$job, $cpu, 1.05, $memory, 3, if $cpu <= 1.05 and $memory <= 3 then "yes" else "NO" end] | row)
' "$work/1.results"
