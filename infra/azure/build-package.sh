#!/bin/sh
# Puts together what azd deploys; see package.ts.
set -eu

npm ci
npm run package
