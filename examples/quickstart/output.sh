# What the quickstart says. Sourced by `run`.

if [[ -t 1 ]]; then
    bold=$'\e[1m' dim=$'\e[2m' green=$'\e[32m' red=$'\e[31m' plain=$'\e[0m'
else
    bold='' dim='' green='' red='' plain=''
fi

step_number=0

# A step of the story.
step() {
    step_number=$((step_number + 1))
    printf '\n%s%d. %s%s\n' "$bold" "$step_number" "$*" "$plain"
}

# What is done: a command, as it could be typed.
did() { printf '   %s$ %s%s\n' "$dim" "$*" "$plain"; }

# What was seen.
saw() { printf '   %s\n' "$*"; }

# What was seen, line by line from standard input.
show() { sed 's/^/   | /'; }

# An expectation that held.
good() { printf '   %s✓%s %s\n' "$green" "$plain" "$*"; }

# An expectation that did not hold: the end.
bad() {
    printf '\n%sFAILED%s in step %d: %s\n' "$red" "$plain" "$step_number" "$*" >&2
    exit 1
}

# Milliseconds since 1970.
now_ms() { local t=${EPOCHREALTIME/[.,]/}; echo "${t%???}"; }

# eventually SECONDS WHAT COMMAND…: runs the command until it succeeds; fails with WHAT when it does not in time.
eventually() {
    local bound=$1 what=$2 start=$SECONDS
    shift 2
    until "$@"; do
        ((SECONDS - start < bound)) || bad "not within $bound s: $what"
        sleep 0.1
    done
}
