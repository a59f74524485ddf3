# SPDX-FileCopyrightText: the kashim authors
# SPDX-License-Identifier: MIT
#
# zsh -f complete.zsh COMPLETIONS LINE: what zsh would offer at the end of the line, one a line. A zsh on a terminal of its
# own gets the line and a tab; what its completion adds is written down instead of shown.
zmodload zsh/zpty
offers=$(mktemp)
zpty inner zsh -f -i
zpty -w inner "PROMPT= fpath=(${(q)1:h} \$fpath) offers=${(q)offers}; source ${(q)0:h}/complete-inner.zsh; print rea''dy"
until zpty -r inner output && [[ $output == *ready* ]]; do :; done
zpty -w -n inner "$2"$'\t'
while zpty -r inner output; do :; done
cat $offers
rm $offers
