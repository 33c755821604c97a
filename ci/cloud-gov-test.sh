#!/bin/bash
# The test of the image in cloud.gov's container pipeline, as their container/concourse-tests/aws-ip-ranges-resource.sh
# (https://github.com/cloud-gov/common-pipelines). No network, no credentials, a few seconds.
set -e

# shellcheck source=/dev/null
. "$(cd "$(dirname "$0")/lib" && pwd)/common.sh"
ct_bootstrap aws-ip-ranges-resource resource

fail() {
  echo "  ✗ $1"
  exit 1
}

# Nothing listens there. The version holds its list, so in and out need no network and must succeed.
source='{"regions": ["us-gov-west-1"], "ip_versions": [4], "url": "http://127.0.0.1:9/", "timeout": "1s"}'
version='{"syncToken": "1724938990", "createDate": "2024-08-29-13-43-10",
  "digest": "sha256:bbfc292eb6fe13a0f26b385d81a905f696beac11e31d00231675a50beb38e777",
  "selection": "S3, us-gov-west-1, IPv4",
  "cidrs": "15.200.28.240/28 15.200.176.128/28 108.175.48.0/22 108.175.56.0/22 136.18.0.0/23"}'

check_protocol "{\"source\": $source}"
in_protocol "{\"source\": $source, \"version\": $version}"
[ "$(wc -l <dest/cidrs.txt)" -eq 5 ] || fail 'in did not write the five CIDRs that the version holds'

mkdir -p src/ranges
cp dest/* src/ranges
cp dest/cidrs.txt src/rules.txt
put="{\"source\": $source, \"params\": {\"rules\": \"rules.txt\", \"ranges\": \"ranges\"}}"
out_protocol "$put"
grep -q '"syncToken":"1724938990"' out-output.json || fail 'the guard did not pass rules that cover the list'

echo 192.0.2.0/24 >src/rules.txt
if /opt/resource/out src <<<"$put" >/dev/null 2>&1; then fail 'the guard passed rules that leave out every range'; fi

echo '  ✓ aws-ip-ranges-resource Concourse validation passed'
