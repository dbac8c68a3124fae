# Completion of cms for fish; loaded by: cms completion fish | source
function __cms_complete
    set -l words (commandline -opc) (commandline -ct)
    cms complete -- $words[2..-1] 2>/dev/null
end
complete -c cms -f -a '(__cms_complete)'
complete -c cms -s f -l file -r -F
