module github.com/resgen/resgen

go 1.26.0
