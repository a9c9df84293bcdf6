package sentiment

// emoticon reads an emoticon at i, and tells its length and what it shows.
func emoticon(text string, i int) (int, string) {
	s := text[i:]
	if len(s) < 2 || i > 0 && isLetter(rune(text[i-1])) && (s[0] < '!' || isLetter(rune(s[0]))) {
		return 0, ""
	}
	switch s[0] {
	case ':', ';', '=', '8':
		return face(s)
	case '<':
		if s[1] == '3' {
			return 2, "<3"
		}
		if len(s) > 2 && s[1] == '/' && s[2] == '3' {
			return 3, ":("
		}
	case '(', ')':
		if (s[1] == ':' || s[1] == ';') && (len(s) == 2 || s[2] == ' ') {
			if s[0] == '(' {
				return 2, ":)"
			}
			return 2, ":("
		}
	case '^':
		if s[1] == '^' {
			return 2, "^^"
		}
		if len(s) > 2 && (s[1] == '_' || s[1] == '.') && s[2] == '^' {
			return 3, "^^"
		}
	case '-':
		if len(s) > 2 && (s[1] == '_' || s[1] == '.') && s[2] == '-' {
			return 3, "-_-"
		}
	case 'x', 'X':
		if s[1] == 'D' && (len(s) == 2 || !isLetter(rune(s[2]))) {
			return 2, ":D"
		}
	case 'T', '>':
		if len(s) > 2 && (s[1] == '_' || s[1] == '.') && (s[2] == 'T' || s[2] == '<') {
			return 3, ":'("
		}
	}
	return 0, ""
}

// face reads eyes, an optional nose or tear, and a mouth.
func face(s string) (int, string) {
	i, cries := 1, false
	if s[i] == '\'' {
		i, cries = i+1, true
	}
	if i < len(s) && (s[i] == '-' || s[i] == 'o' || s[i] == '^') && i+1 < len(s) {
		i++
	}
	if i >= len(s) {
		return 0, ""
	}
	mouth, n := s[i], i+1
	for n < len(s) && s[n] == mouth {
		n++
	}
	if (mouth >= 'A' && mouth <= 'Z' || mouth >= 'a' && mouth <= 'z' || s[0] == '8' || s[0] == '=') && n < len(s) && isWord(rune(s[n])) {
		return 0, ""
	}
	if s[0] == '8' && mouth != ')' {
		return 0, ""
	}
	switch mouth {
	case ')', ']':
		if s[0] == ';' {
			return n, ";)"
		}
		return n, ":)"
	case '(', '[':
		if cries {
			return n, ":'("
		}
		return n, ":("
	case 'D', 'd':
		if mouth == 'D' {
			return n, ":D"
		}
	case 'P', 'p':
		return n, ":p"
	case '/', '\\', '|':
		if mouth == '/' && n-i > 1 { // http://
			return 0, ""
		}
		return n, ":/"
	case '*':
		return n, ":*"
	case 'O', 'o':
		return n, ":o"
	}
	return 0, ""
}
