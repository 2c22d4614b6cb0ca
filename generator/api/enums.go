package api

// In is the location of a parameter.
type In string

// Locations of parameters.
const (
	InPath        In = "path"
	InQuery       In = "query"
	InHeader      In = "header"
	InCookie      In = "cookie"
	InQueryString In = "querystring" // the whole query, in the form of a media type
)

// A Style is the serialization style of a parameter. The names are those of OpenAPI, plus
// tabDelimited for collectionFormat tsv of Swagger 2.0.
type Style string

// Serialization styles of parameters.
const (
	StyleSimple     Style = "simple"
	StyleLabel      Style = "label"
	StyleMatrix     Style = "matrix"
	StyleForm       Style = "form"
	StyleSpace      Style = "spaceDelimited"
	StylePipe       Style = "pipeDelimited"
	StyleTab        Style = "tabDelimited"
	StyleDeepObject Style = "deepObject"
)

// A Format is the encoding of a request body.
type Format string

// Encodings of request bodies.
const (
	FormatJSON      Format = "json"
	FormatForm      Format = "form"      // application/x-www-form-urlencoded
	FormatMultipart Format = "multipart" // multipart/*
	FormatText      Format = "text"      // a string
	FormatBinary    Format = "binary"    // an io.Reader
)

// A Decode is the way in which a response body is read. The empty Decode means no body.
type Decode string

// Ways to read response bodies.
const (
	DecodeNone   Decode = ""
	DecodeJSON   Decode = "json"
	DecodeText   Decode = "text"
	DecodeString Decode = "string" // text that has the type of a JSON string
	DecodeBytes  Decode = "bytes"
	DecodeStream Decode = "stream"
)

// A PageStyle is the way in which the next page of a listing is requested. The empty PageStyle
// means that the operation does not page.
type PageStyle string

// Ways to request the next page.
const (
	PagesNone   PageStyle = ""
	PagesToken  PageStyle = "token"
	PagesOffset PageStyle = "offset"
	PagesPage   PageStyle = "page"
	PagesLink   PageStyle = "link"
)

// A SchemeKind is the type of a security scheme as OpenAPI names it.
type SchemeKind string

// Types of security schemes.
const (
	SchemeAPIKey        SchemeKind = "apiKey"
	SchemeHTTP          SchemeKind = "http"
	SchemeOAuth2        SchemeKind = "oauth2"
	SchemeOpenIDConnect SchemeKind = "openIdConnect"
	SchemeMutualTLS     SchemeKind = "mutualTLS"
)
