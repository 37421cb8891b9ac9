"""prassi completion: what a shell needs to complete command lines."""

from __future__ import annotations

import click

from ..options import CommonOptions, add_common_options
from ..printing.output import print_text

_BASH = r"""
_prassi() {
    local line="${COMP_LINE:0:COMP_POINT}" word IFS=$'\n'
    word="${line##*[[:space:]]}"
    local rows=($(prassi completion bash --line "$line" 2>/dev/null))
    COMPREPLY=()
    if [[ "${rows[0]}" == ":files" ]]; then
        compopt -o default
        return
    fi
    # Bash replaces what stands after the last `=` or `:` of the word only.
    local kept="" cur="${COMP_WORDS[COMP_CWORD]}"
    [[ "$cur" == [=:] ]] && cur=""
    kept="${word%"$cur"}"
    local row value fits=1
    for row in "${rows[@]}"; do
        value="${row%%$'\t'*}"
        [[ "$value" == "$word"* ]] || fits=0
    done
    for row in "${rows[@]}"; do
        value="${row%%$'\t'*}"
        if ((fits || ${#rows[@]} == 1)); then
            [[ "$value" == *[[:space:]]* ]] && printf -v value %q "$value"
            COMPREPLY+=("${value#"$kept"}")
        else
            COMPREPLY+=("$value  ${row#*$'\t'}")
        fi
    done
    ((fits || ${#rows[@]} == 1)) || COMPREPLY+=(" ")
    [[ "${COMPREPLY[0]}" == *[=:] ]] && compopt -o nospace
}
complete -F _prassi prassi
"""

_ZSH = r"""
#compdef prassi
_prassi() {
    local -a rows values shown
    local row
    rows=("${(@f)$(prassi completion zsh --line "$LBUFFER" 2>/dev/null)}")
    [[ "${rows[1]}" == ":files" ]] && { _files; return }
    for row in $rows; do
        values+=("${row%%$'\t'*}")
        shown+=("${row%%$'\t'*}  ${row#*$'\t'}")
    done
    (( $#values )) && compadd -U -l -d shown -a values
}
compdef _prassi prassi
"""

_FISH = r"""
function __prassi_complete
    set -l rows (prassi completion fish --line (commandline -cp | string collect) 2>/dev/null)
    if test "$rows[1]" = ":files"
        __fish_complete_path (commandline -ct)
        return
    end
    printf '%s\n' $rows
end
complete -c prassi -f -a '(__prassi_complete)'
"""

_SCRIPTS = {"bash": _BASH, "zsh": _ZSH, "fish": _FISH}


@click.command("completion")
@click.argument("shell", type=click.Choice(tuple(_SCRIPTS)))
@click.option("--line", metavar="TEXT", help="Print what TEXT can go on with, as the shell asks.")
@add_common_options
def command(common: CommonOptions, shell: str, line: str | None) -> None:
    """Print what a shell needs to complete commands, refs, values and names.

    For bash: source <(prassi completion bash), in ~/.bashrc. For zsh the same in ~/.zshrc, after
    compinit. For fish: prassi completion fish > ~/.config/fish/completions/prassi.fish
    """
    if line is None:
        print_text(_SCRIPTS[shell].strip("\n"))
        return
    from ..completion import print_candidates  # late: 5 ms

    print_candidates(line)
