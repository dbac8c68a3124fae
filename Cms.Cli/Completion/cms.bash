# Completion of cms for bash; loaded by: source <(cms completion bash)
_cms() {
    local line=${COMP_LINE:0:COMP_POINT} candidate cut=
    local word=${line##*[[:space:]]}
    # What stands before a = or : is not replaced by readline, and so is not answered.
    if [[ $word == *[=:]* ]]; then
        cut=${word%"${word##*[=:]}"}
    fi
    COMPREPLY=()
    while IFS=$'\t' read -r candidate _; do
        COMPREPLY+=("${candidate#"$cut"}")
    done < <("${COMP_WORDS[0]}" complete --line "$line" 2>/dev/null)
    if ((${#COMPREPLY[@]} == 1)) && [[ ${COMPREPLY[0]} == *[.=] ]]; then
        compopt -o nospace 2>/dev/null
    fi
}
complete -o bashdefault -o default -F _cms cms
