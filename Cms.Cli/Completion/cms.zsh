#compdef cms
# Completion of cms for zsh; loaded by: source <(cms completion zsh)
_cms() {
    local -a whole partial
    local candidate description
    while IFS=$'\t' read -r candidate description; do
        if [[ $candidate == *[.=] ]]; then
            partial+=("$candidate")
        else
            whole+=("$candidate")
        fi
    done < <(${words[1]} complete -- "${(@Q)words[2,CURRENT]}" 2>/dev/null)
    (( $#partial )) && compadd -S '' -- $partial
    (( $#whole )) && compadd -- $whole
    (( $#partial + $#whole )) || _files
}
if [[ $funcstack[1] == _cms ]]; then
    _cms "$@"
else
    compdef _cms cms
fi
