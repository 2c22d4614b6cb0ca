package charset

import "testing"

func TestOf(t *testing.T) {
	for contentType, want := range map[string]string{
		"":                                          "",
		"application/json":                          "",
		"application/json;":                         "",
		"application/json; charset=utf-8":           "utf-8",
		"application/json;charset=UTF-8":            "UTF-8",
		"application/json; Charset=latin1":          "latin1",
		`application/json; charset="latin1"`:        "latin1",
		"text/plain; charset=a; format=flowed":      "a",
		"text/plain; format=flowed; charset=latin1": "latin1",
		"text/plain; charset=":                      "",
		"text/plain; charse":                        "",
		"text/plain; charsets=x":                    "",
		"text/plain; charset=a b":                   "",
		"text/plain; charset=a; charset=b":          "",
	} {
		if got := Of(contentType); got != want {
			t.Errorf("%q: got %q, want %q", contentType, got, want)
		}
	}
	if n := testing.AllocsPerRun(10, func() { Of("application/json; charset=utf-8") }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func TestDecode(t *testing.T) {
	const invalid = "text that is not UTF-8"
	for _, c := range []struct {
		charset, data string
		text, doubt   string
	}{
		{"", "Müller", "Müller", ""},
		{"", "", "", ""},
		{"", "M\xfcller", "M\xfcller", invalid},
		{"utf-8", "M\xfcller", "M\xfcller", invalid},
		{" UTF-8 ", "Müller", "Müller", ""},
		{"utf8", "M\xfc", "M\xfc", invalid},
		{"US-ASCII", "abc", "abc", ""},
		{"ascii", "\xfc", "\xfc", invalid},
		{"utf-8", "\ufffd", "\ufffd", ""}, // it was sent so

		{"iso-8859-1", "M\xfcller", "Müller", ""},
		{"ISO-8859-1", "abc", "abc", ""},
		{"ISO8859_1", "M\xfcller", "Müller", ""},
		{"latin1", "\xe9", "é", ""},
		{"latin-1", "\xe9", "é", ""},
		{"iso-8859-15", "\xa4", "€", ""},
		{"windows-1252", "\x80", "€", ""},
		{"cp1252", "\x80", "€", ""},
		{"windows-1251", "\xc0", "А", ""},
		{"shift_jis", "\x83\x65", "テ", ""},
		{"cp932", "\x83\x65", "テ", ""},
		{"gbk", "\xc4\xe3", "你", ""},
		{"cp936", "\xc4\xe3", "你", ""},
		{"cp949", "\xb0\xa1", "가", ""},
		{"cp950", "\xa4\x40", "一", ""},
		{"koi8_r", "\xc1", "а", ""},
		{"x-user-defined", "\x80", "\uf780", ""},
		{"iso-8859-16", "a\x00\xa4", "a\x00€", ""},
		{"windows-1253", "\xd2", "\ufffd", `text that is not in its charset "windows-1253"`},
		{"gb2312", "\xc4\xe3", "你", ""},
		{"gb18030", "\x810\x810", "\u0080", ""},
		{"ks_c_5601-1987", "\xb0\xa1", "가", ""},
		{"euc-jp", "\xb0\xa1", "亜", ""},
		{"iso-2022-jp", "\x1b$B0!", "亜", ""},
		{"unicode-1-1-utf-8", "Müller", "Müller", ""},
		{"unicode-1-1-utf-8", "M\xfcller", "M\ufffdller", `text that is not in its charset "unicode-1-1-utf-8"`},

		// A byte order mark is believed more than the name.
		{"latin1", "\xef\xbb\xbfMüller", "Müller", ""},
		{"latin1", "\xff\xfeM\x00\xfc\x00", "Mü", ""},
		{"utf-16le", "\xfe\xff\x00M", "M", ""},
		{"shift_jis", "\x83", "\ufffd", `text that is not in its charset "shift_jis"`},

		{"", "\xff\xfea\x00", "a", ""},
		{"", "\xfe\xff\x00a", "a", ""},
		{"", "\xfe\xff", "", ""},
		{"", "\xff\xfd", "\xff\xfd", invalid},
		{"", "\xfe\xfe", "\xfe\xfe", invalid},
		{"", "\xff", "\xff", invalid},
		{"utf-16", "\xfe\xff\x00a", "a", ""},
		{"UTF16", "\xff\xfea\x00", "a", ""},
		{"utf-16le", "a\x00", "a", ""},
		{"utf-16be", "\x00a", "a", ""},
		{"utf-8", "\xff\xfea\x00", "\xff\xfea\x00", invalid},

		{"x-own", "abc", "abc", `text in the charset "x-own", which is not supported`},
		{"hz-gb-2312", "abc", "abc", `text in the charset "hz-gb-2312", which is not supported`},
	} {
		text, doubt, err := Decode([]byte(c.data), c.charset)
		if string(text) != c.text || doubt != c.doubt || err != nil {
			t.Errorf("%q as %s: %q, %q, %v", c.data, c.charset, text, doubt, err)
		}
	}
	for _, name := range []string{"x-own", "utf-32", "iso-2022-kr"} {
		text, doubt, err := Decode([]byte("M\xfcller"), name)
		if err == nil || err.Error() != `charset "`+name+`": not supported` || text != nil || doubt != "" {
			t.Errorf("%s: %q, %q, %v", name, text, doubt, err)
		}
	}
}
