package charset

// This file has the names of charsets. They are those of the Encoding Standard of the WHATWG, and
// some that servers use besides.

import (
	"slices"
	"strings"
)

// singleByte has the names of each charset of single bytes. Underscores are written as hyphens. The
// tables in tables/single.bin have the same order.
const singleByte = `ibm866 866 cp866 csibm866;
iso-8859-2 csisolatin2 iso-ir-101 iso8859-2 iso88592 iso-8859-2:1987 l2 latin2;
iso-8859-3 csisolatin3 iso-ir-109 iso8859-3 iso88593 iso-8859-3:1988 l3 latin3;
iso-8859-4 csisolatin4 iso-ir-110 iso8859-4 iso88594 iso-8859-4:1988 l4 latin4;
iso-8859-5 csisolatincyrillic cyrillic iso-ir-144 iso8859-5 iso88595 iso-8859-5:1988;
iso-8859-6 arabic asmo-708 csiso88596e csiso88596i csisolatinarabic ecma-114 iso-8859-6-e iso-8859-6-i
	iso-ir-127 iso8859-6 iso88596 iso-8859-6:1987;
iso-8859-7 csisolatingreek ecma-118 elot-928 greek greek8 iso-ir-126 iso8859-7 iso88597 iso-8859-7:1987
	sun-eu-greek;
iso-8859-8 csiso88598e csisolatinhebrew hebrew iso-8859-8-e iso-ir-138 iso8859-8 iso88598 iso-8859-8:1988 visual;
iso-8859-8-i csiso88598i logical;
iso-8859-10 csisolatin6 iso-ir-157 iso8859-10 iso885910 l6 latin6;
iso-8859-13 iso8859-13 iso885913;
iso-8859-14 iso8859-14 iso885914;
iso-8859-15 csisolatin9 iso8859-15 iso885915 l9;
iso-8859-16;
koi8-r cskoi8r koi koi8;
koi8-u koi8-ru;
macintosh csmacintosh mac x-mac-roman;
windows-874 dos-874 iso-8859-11 iso8859-11 iso885911 tis-620;
windows-1250 cp1250 x-cp1250;
windows-1251 cp1251 x-cp1251;
windows-1252 ansi-x3.4-1968 ascii cp1252 cp819 csisolatin1 ibm819 iso-8859-1 iso-ir-100 iso8859-1 iso88591
	iso-8859-1:1987 l1 latin-1 latin1 us-ascii x-cp1252;
windows-1253 cp1253 x-cp1253;
windows-1254 cp1254 csisolatin5 iso-8859-9 iso-ir-148 iso8859-9 iso88599 iso-8859-9:1989 l5 latin5 x-cp1254;
windows-1255 cp1255 x-cp1255;
windows-1256 cp1256 x-cp1256;
windows-1257 cp1257 x-cp1257;
windows-1258 cp1258 x-cp1258;
x-mac-cyrillic x-mac-ukrainian;
x-user-defined`

// wide has the names of each other charset.
const wide = `utf-8 unicode-1-1-utf-8 unicode11utf8 unicode20utf8 utf8 x-unicode20utf8;
utf-16le csunicode iso-10646-ucs-2 ucs-2 unicode unicodefeff utf-16 utf16;
utf-16be unicodefffe;
gbk chinese cp936 csgb2312 csiso58gb231280 gb2312 gb-2312 gb-2312-80 iso-ir-58 x-gbk;
gb18030;
big5 big5-hkscs cn-big5 cp950 csbig5 x-x-big5;
euc-jp cseucpkdfmtjapanese x-euc-jp;
iso-2022-jp csiso2022jp;
shift-jis cp932 csshiftjis ms932 ms-kanji sjis windows-31j x-sjis;
euc-kr cp949 cseuckr csksc56011987 iso-ir-149 korean ks-c-5601-1987 ks-c-5601-1989 ksc5601 ksc-5601 windows-949`

// indexOf returns the number and the first name of the charset that has a name, or -1.
func indexOf(charsets, name string) (int, string) {
	for i, list := range strings.Split(charsets, ";") {
		if names := strings.Fields(list); slices.Contains(names, name) {
			return i, names[0]
		}
	}
	return -1, ""
}

// conversion returns the conversion from a charset to UTF-8, or nil if there is no such charset.
func conversion(name string) func([]byte) []byte {
	name = strings.ReplaceAll(name, "_", "-")
	if i, _ := indexOf(singleByte, name); i >= 0 {
		return fromSingleBytes(i)
	}
	switch _, first := indexOf(wide, name); first {
	case "utf-8":
		return fromUTF8
	case "utf-16le":
		return func(data []byte) []byte { return fromUTF16(data, false) }
	case "utf-16be":
		return func(data []byte) []byte { return fromUTF16(data, true) }
	case "gbk", "gb18030":
		return characters(fromGB(first == "gb18030"))
	case "big5":
		return characters(pairOf(&big5))
	case "euc-kr":
		return characters(pairOf(&eucKR))
	case "euc-jp":
		return characters(fromEUCJP)
	case "shift-jis":
		return characters(fromShiftJIS)
	case "iso-2022-jp":
		return fromISO2022JP
	}
	return nil
}
