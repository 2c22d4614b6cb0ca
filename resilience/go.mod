module github.com/resgen/resgen/resilience

go 1.26.0
