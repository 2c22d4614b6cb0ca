// Package templates embeds the text/template files of resgen.
package templates
