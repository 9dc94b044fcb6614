# blank lines at the end of the output are compared, too
$ printf 'one\n\n\n'
one


$ printf 'two\n\n'; exit 3
two

[3]
$ printf '\n'


# nothing is printed
$ :

# the end of the file
$ printf 'three\n\n'
three

