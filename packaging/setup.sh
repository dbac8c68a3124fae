#!/bin/sh
# Installs from Debian what building and running needs and is not there, then restores the locked packages.
# Usage: packaging/setup.sh STAMP [PACKAGE...], where STAMP is touched when the packages were restored, and PACKAGE is one of
# Debian's that is wanted besides.
set -eu

stamp=$1
sdk_major=10
shift
debian_packages="gcc libc6-dev make zlib1g-dev libsqlite3-0 curl pkgconf valgrind groff-base python3-dev${*:+ $*}"

fail() {
    echo "setup: $1" >&2
    exit 1
}

as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
    elif command -v sudo >/dev/null; then
        sudo "$@"
    else
        fail "missing$missing; run as root: apt-get install$missing"
    fi
}

install_missing() {
    missing=""
    for package in $debian_packages; do
        dpkg -s "$package" 2>/dev/null | grep -q '^Status: install ok installed' || missing="$missing $package"
    done

    if [ -z "$missing" ]; then
        echo "setup: $debian_packages are there"
        return
    fi

    as_root apt-get update -qq
    # shellcheck disable=SC2086
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null
    echo "setup: installed$missing"
}

# A restore is due when there never was one, when its results are gone, or when what it reads has changed.
is_restored() {
    [ -f "$stamp" ] || return 1
    for project in Cms.*/*.csproj Cms.Tests/*/*.csproj; do
        [ -f "$(dirname "$project")/obj/project.assets.json" ] || return 1
    done

    [ -z "$(find . -path ./artifacts -prune -o \( -name '*.csproj' -o -name 'packages.lock.json' -o -name 'Directory.*.props' \) -newer "$stamp" -print)" ]
}

restore() {
    if is_restored; then
        return
    fi

    dotnet restore Cms.sln --locked-mode --verbosity quiet
    mkdir -p "$(dirname "$stamp")"
    touch "$stamp"
    echo "setup: restored the locked packages"
}

if command -v dpkg >/dev/null; then
    install_missing
else
    echo "setup: no dpkg here; make sure that you have what these Debian packages hold: $debian_packages"
fi

command -v dotnet >/dev/null || fail "the .NET SDK is missing; install the package dotnet-sdk-$sdk_major.0 and run again"
case $(dotnet --version) in
    "$sdk_major".*) ;;
    *) fail "the .NET SDK is $(dotnet --version); install the package dotnet-sdk-$sdk_major.0 and run again" ;;
esac

restore
