package grammar

// This file is the grammar of OpenAPI as a table: for every kind of object its keys, the form of
// their values, and the versions of the format that know and require them.

import "maps"

// A form is the form of a value.
type form uint8

const (
	anything     form = iota
	word              // text; a number is accepted, as in version: 1.0
	yesNo             // true or false
	amount            // a number
	count             // a whole number that is not negative
	textList          // a list of text
	objectOf          // a mapping of a kind
	listOf            // a list of mappings of a kind
	mapOf             // a mapping of names to mappings of a kind
	schemaLike        // a schema; true and false too since OpenAPI 3.1
	schemaTruth       // a schema, true or false
	typeOrTypes       // text; a list of text too since OpenAPI 3.1
	exclusive         // true or false; a number since OpenAPI 3.1
	discriminate      // text in Swagger 2.0; a mapping since
)

// A kind is a kind of object.
type kind uint8

const (
	kNone kind = iota
	kDocument
	kInfo
	kContact
	kLicense
	kServer
	kVariable
	kPaths
	kPath
	kOperation
	kDocs
	kParameter
	kItems
	kBody
	kMedia
	kEncoding
	kResponses
	kResponse
	kHeader
	kLink
	kCallback
	kExample
	kTag
	kSchema
	kDiscriminator
	kXML
	kScheme
	kFlows
	kFlow
	kComponents
	kUse
)

// A member is one key of an object.
type member struct {
	form  form
	kind  kind     // kind of the mappings for objectOf, listOf and mapOf
	in    Edition  // versions that know the key
	need  Edition  // versions that require it
	words []string // permitted texts; nil permits any
}

// grammar holds the keys of each kind. It lacks extensions, which any object may have, and kinds
// whose keys are names.
var grammar = [kUse + 1]map[string]member{
	kDocument: {
		"swagger": {form: word, in: V20}, "openapi": {form: word, in: v3},
		"info": {form: objectOf, kind: kInfo, in: every, need: every},
		"host": {form: word, in: V20}, "basePath": {form: word, in: V20},
		"schemes":  {form: textList, in: V20, words: transferWords},
		"consumes": {form: textList, in: V20}, "produces": {form: textList, in: V20},
		"definitions": {form: mapOf, kind: kSchema, in: V20}, "parameters": {form: mapOf, kind: kParameter, in: V20},
		"responses":           {form: mapOf, kind: kResponse, in: V20},
		"securityDefinitions": {form: mapOf, kind: kScheme, in: V20},
		"servers":             {form: listOf, kind: kServer, in: v3},
		"components":          {form: objectOf, kind: kComponents, in: v3},
		"jsonSchemaDialect":   {form: word, in: Newer}, "webhooks": {form: mapOf, kind: kPath, in: Newer},
		"$self":    {form: word, in: V32},
		"paths":    {form: objectOf, kind: kPaths, in: every, need: older},
		"security": {form: listOf, kind: kUse, in: every},
		"tags":     {form: listOf, kind: kTag, in: every}, "externalDocs": {form: objectOf, kind: kDocs, in: every},
	},
	kInfo: {
		"title": {form: word, in: every, need: every}, "version": {form: word, in: every, need: every},
		"description":    {form: word, in: every},
		"termsOfService": {form: word, in: every}, "contact": {form: objectOf, kind: kContact, in: every},
		"license": {form: objectOf, kind: kLicense, in: every},
		"summary": {form: word, in: Newer},
	},
	kContact: {"name": {form: word, in: every}, "url": {form: word, in: every}, "email": {form: word, in: every}},
	kLicense: {
		"name": {form: word, in: every, need: every}, "url": {form: word, in: every},
		"identifier": {form: word, in: Newer},
	},
	kServer: {
		"url": {form: word, in: v3, need: v3}, "description": {form: word, in: v3},
		"variables": {form: mapOf, kind: kVariable, in: v3}, "name": {form: word, in: V32},
	},
	kVariable: {
		"enum": {form: textList, in: v3}, "default": {form: word, in: v3, need: v3},
		"description": {form: word, in: v3},
	},
	kPath: {
		"$ref": {form: word, in: every}, "summary": {form: word, in: v3}, "description": {form: word, in: v3},
		"get": method(every), "put": method(every), "post": method(every), "delete": method(every),
		"options": method(every), "head": method(every),
		"patch": method(every), "trace": method(v3), "query": method(V32),
		"additionalOperations": {form: mapOf, kind: kOperation, in: V32},
		"servers":              {form: listOf, kind: kServer, in: v3},
		"parameters":           {form: listOf, kind: kParameter, in: every},
	},
	kOperation: {
		"tags": {form: textList, in: every}, "summary": {form: word, in: every}, "description": {form: word, in: every},
		"externalDocs": {form: objectOf, kind: kDocs, in: every}, "operationId": {form: word, in: every},
		"consumes": {form: textList, in: V20}, "produces": {form: textList, in: V20},
		"schemes":    {form: textList, in: V20, words: transferWords},
		"parameters": {form: listOf, kind: kParameter, in: every}, "requestBody": {form: objectOf, kind: kBody, in: v3},
		"responses":  {form: objectOf, kind: kResponses, in: every, need: older},
		"callbacks":  {form: mapOf, kind: kCallback, in: v3},
		"deprecated": {form: yesNo, in: every}, "security": {form: listOf, kind: kUse, in: every},
		"servers": {form: listOf, kind: kServer, in: v3},
	},
	kDocs: {"description": {form: word, in: every}, "url": {form: word, in: every, need: every}},
	kParameter: with(v20Values, map[string]member{
		"$ref": {form: word, in: every}, "name": {form: word, in: every, need: every},
		"in":          {form: word, in: every, need: every},
		"description": {form: word, in: every}, "required": {form: yesNo, in: every},
		"deprecated": {form: yesNo, in: v3}, "allowEmptyValue": {form: yesNo, in: every},
		"style": {form: word, in: v3}, "explode": {form: yesNo, in: v3}, "allowReserved": {form: yesNo, in: v3},
		"schema":  {form: schemaLike, in: every},
		"example": {in: v3}, "examples": {form: mapOf, kind: kExample, in: v3},
		"content": {form: mapOf, kind: kMedia, in: v3},
	}),
	kItems: with(v20Values, map[string]member{"$ref": {form: word, in: V20}, "type": {form: word, in: V20, need: V20}}),
	kBody: {
		"$ref": {form: word, in: v3}, "description": {form: word, in: v3},
		"content": {form: mapOf, kind: kMedia, in: v3, need: v3}, "required": {form: yesNo, in: v3},
	},
	kMedia: {
		"schema": {form: schemaLike, in: v3}, "example": {in: v3}, "examples": {form: mapOf, kind: kExample, in: v3},
		"encoding": {form: mapOf, kind: kEncoding, in: v3}, "$ref": {form: word, in: V32},
		"itemSchema":     {form: schemaLike, in: V32},
		"prefixEncoding": {in: V32}, "itemEncoding": {in: V32},
	},
	kEncoding: {
		"contentType": {form: word, in: v3}, "headers": {form: mapOf, kind: kHeader, in: v3},
		"style":   {form: word, in: v3, words: Styles["query"]},
		"explode": {form: yesNo, in: v3}, "allowReserved": {form: yesNo, in: v3}, "encoding": {in: V32},
		"prefixEncoding": {in: V32}, "itemEncoding": {in: V32},
	},
	kResponse: {
		"$ref": {form: word, in: every}, "description": {form: word, in: every, need: V20 | V30 | V31},
		"summary": {form: word, in: V32},
		"schema":  {form: schemaLike, in: V20}, "headers": {form: mapOf, kind: kHeader, in: every},
		"examples": {in: V20},
		"content":  {form: mapOf, kind: kMedia, in: v3}, "links": {form: mapOf, kind: kLink, in: v3},
	},
	kHeader: with(v20Values, map[string]member{
		"$ref": {form: word, in: every}, "description": {form: word, in: every}, "required": {form: yesNo, in: v3},
		"deprecated":      {form: yesNo, in: v3},
		"allowEmptyValue": {form: yesNo, in: V30}, "style": {form: word, in: v3, words: Styles["header"]},
		"explode":       {form: yesNo, in: v3},
		"allowReserved": {form: yesNo, in: V30}, "schema": {form: schemaLike, in: v3}, "example": {in: v3},
		"examples": {form: mapOf, kind: kExample, in: v3}, "content": {form: mapOf, kind: kMedia, in: v3},
	}),
	kLink: {
		"$ref": {form: word, in: v3}, "operationRef": {form: word, in: v3}, "operationId": {form: word, in: v3},
		"parameters":  {in: v3},
		"requestBody": {in: v3}, "description": {form: word, in: v3}, "server": {form: objectOf, kind: kServer, in: v3},
	},
	kExample: {
		"$ref": {form: word, in: v3}, "summary": {form: word, in: v3}, "description": {form: word, in: v3},
		"value":         {in: v3},
		"externalValue": {form: word, in: v3}, "dataValue": {in: V32}, "serializedValue": {in: V32},
	},
	kTag: {
		"name": {form: word, in: every, need: every}, "description": {form: word, in: every},
		"externalDocs": {form: objectOf, kind: kDocs, in: every},
		"summary":      {form: word, in: V32}, "parent": {form: word, in: V32}, "kind": {form: word, in: V32},
	},
	kSchema: schemaKeys,
	kDiscriminator: {
		"propertyName": {form: word, in: v3, need: v3}, "mapping": {in: v3}, "defaultMapping": {form: word, in: V32},
	},
	kXML: {
		"name": {form: word, in: every}, "namespace": {form: word, in: every}, "prefix": {form: word, in: every},
		"attribute": {form: yesNo, in: every},
		"wrapped":   {form: yesNo, in: every}, "nodeType": {form: word, in: V32},
	},
	kScheme: {
		"$ref": {form: word, in: v3}, "type": {form: word, in: every, need: every},
		"description": {form: word, in: every}, "name": {form: word, in: every},
		"in": {form: word, in: every}, "scheme": {form: word, in: v3}, "bearerFormat": {form: word, in: v3},
		"flows":            {form: objectOf, kind: kFlows, in: v3},
		"openIdConnectUrl": {form: word, in: v3}, "oauth2MetadataUrl": {form: word, in: V32},
		"deprecated":       {form: yesNo, in: V32},
		"flow":             {form: word, in: V20, words: []string{"implicit", "password", "application", "accessCode"}},
		"authorizationUrl": {form: word, in: V20},
		"tokenUrl":         {form: word, in: V20}, "scopes": {in: V20},
	},
	kFlows: {
		"implicit": {form: objectOf, kind: kFlow, in: v3}, "password": {form: objectOf, kind: kFlow, in: v3},
		"clientCredentials":   {form: objectOf, kind: kFlow, in: v3},
		"authorizationCode":   {form: objectOf, kind: kFlow, in: v3},
		"deviceAuthorization": {form: objectOf, kind: kFlow, in: V32},
	},
	kFlow: {
		"authorizationUrl": {form: word, in: v3}, "tokenUrl": {form: word, in: v3},
		"refreshUrl": {form: word, in: v3}, "scopes": {in: v3, need: v3},
		"deviceAuthorizationUrl": {form: word, in: V32},
	},
	kComponents: {
		"schemas": {form: mapOf, kind: kSchema, in: v3}, "responses": {form: mapOf, kind: kResponse, in: v3},
		"parameters": {form: mapOf, kind: kParameter, in: v3}, "examples": {form: mapOf, kind: kExample, in: v3},
		"requestBodies": {form: mapOf, kind: kBody, in: v3}, "headers": {form: mapOf, kind: kHeader, in: v3},
		"securitySchemes": {form: mapOf, kind: kScheme, in: v3}, "links": {form: mapOf, kind: kLink, in: v3},
		"callbacks": {form: mapOf, kind: kCallback, in: v3}, "pathItems": {form: mapOf, kind: kPath, in: Newer},
		"mediaTypes": {form: mapOf, kind: kMedia, in: V32},
	},
}

var transferWords = []string{"http", "https", "ws", "wss"}

func method(in Edition) member { return member{form: objectOf, kind: kOperation, in: in} }

// keyed maps the kinds whose keys are names to the kinds of their values.
var keyed = map[kind]kind{kPaths: kPath, kResponses: kResponse, kCallback: kPath}

// v20Values holds the keys of a Swagger 2.0 parameter, header or list item, which is its own
// schema.
var v20Values = map[string]member{
	"type":   {form: word, in: V20, words: []string{"string", "number", "integer", "boolean", "array", "file"}},
	"format": {form: word, in: V20}, "items": {form: objectOf, kind: kItems, in: V20},
	"collectionFormat": {form: word, in: V20, words: []string{"csv", "ssv", "tsv", "pipes", "multi"}},
	"default":          {in: V20}, "maximum": {form: amount, in: V20}, "exclusiveMaximum": {form: yesNo, in: V20},
	"minimum":          {form: amount, in: V20},
	"exclusiveMinimum": {form: yesNo, in: V20}, "maxLength": {form: count, in: V20},
	"minLength": {form: count, in: V20}, "pattern": {form: word, in: V20},
	"maxItems": {form: count, in: V20}, "minItems": {form: count, in: V20}, "uniqueItems": {form: yesNo, in: V20},
	"enum":       {form: listOf, in: V20},
	"multipleOf": {form: amount, in: V20},
}

// with returns the union of two tables. The second takes precedence.
func with(a, b map[string]member) map[string]member {
	both := map[string]member{}
	for _, table := range []map[string]member{a, b} {
		maps.Copy(both, table)
	}
	return both
}

// schemaKeys holds the keys of a schema. OpenAPI 3.1 has those of JSON Schema 2020-12.
var schemaKeys = map[string]member{
	"$ref": {form: word, in: every}, "type": {form: typeOrTypes, in: every}, "format": {form: word, in: every},
	"title":       {form: word, in: every},
	"description": {form: word, in: every}, "default": {in: every}, "enum": {form: listOf, in: every},
	"required":   {form: textList, in: every},
	"multipleOf": {form: amount, in: every}, "maximum": {form: amount, in: every}, "minimum": {form: amount, in: every},
	"exclusiveMaximum": {form: exclusive, in: every}, "exclusiveMinimum": {form: exclusive, in: every},
	"maxLength": {form: count, in: every}, "minLength": {form: count, in: every}, "pattern": {form: word, in: every},
	"maxItems": {form: count, in: every}, "minItems": {form: count, in: every}, "uniqueItems": {form: yesNo, in: every},
	"maxProperties": {form: count, in: every}, "minProperties": {form: count, in: every},
	"items": {form: schemaLike, in: every}, "properties": {form: mapOf, kind: kSchema, in: every},
	"additionalProperties": {form: schemaTruth, in: every},
	"allOf":                {form: listOf, kind: kSchema, in: every}, "oneOf": {form: listOf, kind: kSchema, in: v3},
	"anyOf": {form: listOf, kind: kSchema, in: v3},
	"not":   {form: schemaLike, in: v3}, "nullable": {form: yesNo, in: V30},
	"discriminator": {form: discriminate, in: every},
	"readOnly":      {form: yesNo, in: every}, "writeOnly": {form: yesNo, in: v3}, "deprecated": {form: yesNo, in: v3},
	"xml": {form: objectOf, kind: kXML, in: every}, "externalDocs": {form: objectOf, kind: kDocs, in: every},
	"example": {in: every},

	"const": {in: Newer}, "examples": {form: listOf, in: Newer},
	"prefixItems":       {form: listOf, kind: kSchema, in: Newer},
	"patternProperties": {form: mapOf, kind: kSchema, in: Newer}, "propertyNames": {form: schemaLike, in: Newer},
	"contains": {form: schemaLike, in: Newer}, "minContains": {form: count, in: Newer},
	"maxContains": {form: count, in: Newer},
	"if":          {form: schemaLike, in: Newer}, "then": {form: schemaLike, in: Newer},
	"else":             {form: schemaLike, in: Newer},
	"dependentSchemas": {form: mapOf, kind: kSchema, in: Newer}, "dependentRequired": {in: Newer},
	"unevaluatedItems": {form: schemaTruth, in: Newer}, "unevaluatedProperties": {form: schemaTruth, in: Newer},
	"additionalItems": {form: schemaTruth, in: Newer},
	"contentEncoding": {form: word, in: Newer}, "contentMediaType": {form: word, in: Newer},
	"contentSchema": {form: schemaLike, in: Newer},
	"$id":           {form: word, in: Newer}, "$schema": {form: word, in: Newer}, "$anchor": {form: word, in: Newer},
	"$comment": {form: word, in: Newer},
	"$defs":    {form: mapOf, kind: kSchema, in: Newer}, "definitions": {form: mapOf, kind: kSchema, in: Newer},
	"$vocabulary": {in: Newer},
	"$dynamicRef": {form: word, in: Newer}, "$dynamicAnchor": {form: word, in: Newer},
}

// Styles maps the locations of parameters to the styles that OpenAPI 3 permits there, the
// default first.
var Styles = map[string][]string{
	"path":   {"simple", "label", "matrix"},
	"query":  {"form", "spaceDelimited", "pipeDelimited", "deepObject"},
	"header": {"simple"},
	"cookie": {"form", "cookie"},
}
