package schema

// This file has [Files], the entry, and the schema of resgen.yaml.

import (
	"io/fs"
	"reflect"
	"strings"

	"github.com/resgen/resgen/generator"
)

// Files returns the schemas by file name. The sources are the root folder of the project, where the
// comments of keys are.
func Files(sources fs.FS) (map[string][]byte, error) {
	config, err := readComments(sources, "generator/config.go")
	if err != nil {
		return nil, err
	}
	policies, err := readComments(sources, "resilience/policy/policy.go")
	if err != nil {
		return nil, err
	}
	files := map[string][]byte{}
	for name, schema := range map[string]object{
		"resgen.json":        configSchema(config),
		"policy.json":        policySchema(policies),
		"configuration.json": configurationSchema(policies),
	} {
		if files[name], err = file(schema); err != nil {
			return nil, err
		}
	}
	return files, nil
}

// header returns the beginning of a schema.
func header(name, description string) object {
	return object{
		{"$schema", "https://json-schema.org/draft/2020-12/schema"},
		{"$id", "https://github.com/resgen/resgen/raw/main/docs/schema/" + name + ".json"},
		{"description", description},
	}
}

// configSchema returns the schema of resgen.yaml.
func configSchema(c comments) object {
	return append(header("resgen", "resgen.yaml says which clients resgen generates."),
		structSchema(c, reflect.TypeFor[generator.Config]())...)
}

// required has the keys that the types of resgen.yaml must have.
var required = map[reflect.Type][]string{
	reflect.TypeFor[generator.Config](): {"clients"},
	reflect.TypeFor[generator.Client](): {"spec", "output"},
}

// structSchema returns the schema of a struct with yaml tags. A struct with required keys must have
// a value.
func structSchema(c comments, t reflect.Type) object {
	var properties object
	for f := range t.Fields() {
		if key, ok := f.Tag.Lookup("yaml"); ok {
			about := keyNames(t).Replace(c.about(t.Name()+"."+f.Name, key))
			properties = properties.with(key, described(about, typeSchema(c, key, f.Type)))
		}
	}
	keys := required[t]
	if keys == nil {
		return mappingOf(properties)
	}
	return typed(mapping).with("additionalProperties", false).with("required", keys).with("properties", properties)
}

// keyNames returns a replacer that turns the Go names of the fields of a struct into keys.
func keyNames(t reflect.Type) *strings.Replacer {
	var pairs []string
	for f := range t.Fields() {
		if key, ok := f.Tag.Lookup("yaml"); ok {
			for _, end := range []string{" ", ".", ",", ";", ":"} {
				pairs = append(pairs, " "+f.Name+end, " "+key+end)
			}
		}
	}
	return strings.NewReplacer(pairs...)
}

// typeSchema returns the schema of the value of a key.
func typeSchema(c comments, key string, t reflect.Type) object {
	switch v := reflect.Zero(t).Interface().(type) {
	case generator.Text:
		return typed(text).with("minLength", 1)
	case generator.Texts:
		one := typed(text).with("minLength", 1)
		if key == "remote" {
			one = typed(text).with("pattern", "^https?://")
		}
		return object{{"anyOf", []object{one, typed(list).with("items", one)}}}
	case generator.Names:
		return named(object{}, typed(text).with("minLength", 1))
	case generator.Severities:
		return named(object{{"enum", generator.WarningCodes()}}, wordsSchema(generator.Severity("")))
	case generator.Version:
		return object{{"const", 1}}
	case bool:
		return typed(boolean).with("default", false)
	case interface{ Words() []string }:
		return wordsSchema(v).with("default", v.Words()[0])
	}
	if t.Kind() == reflect.Slice {
		return typed(list).with("minItems", 1).with("items", structSchema(c, t.Elem()))
	}
	return structSchema(c, t)
}

// wordsSchema returns the schema of a type with certain words.
func wordsSchema(v interface{ Words() []string }) object { return object{{"enum", v.Words()}} }
