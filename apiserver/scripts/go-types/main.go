// Records facts/go-types.json: how the public Go types of the Kubernetes API spell each field in JSON, which is what decides
// what a server drops, fills in and says of a wrong type. Usage: go run . ../../facts/schemas.json > ../../facts/go-types.json
package main

import (
	"encoding/json"
	"os"
	"reflect"
	"sort"
	"strings"

	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/kubernetes/scheme"
	apiregistrationv1 "k8s.io/kube-aggregator/pkg/apis/apiregistration/v1"
)

// Types that spell themselves; their fields are nobody's business.
var opaque = map[string]bool{
	"io.k8s.apimachinery.pkg.api.resource.Quantity": true, "io.k8s.apimachinery.pkg.apis.meta.v1.Time": true,
	"io.k8s.apimachinery.pkg.apis.meta.v1.MicroTime": true, "io.k8s.apimachinery.pkg.apis.meta.v1.Duration": true,
	"io.k8s.apimachinery.pkg.util.intstr.IntOrString": true, "io.k8s.apimachinery.pkg.runtime.RawExtension": true,
	"io.k8s.apimachinery.pkg.apis.meta.v1.FieldsV1": true, "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSON": true,
	"io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaPropsOrArray":       true,
	"io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaPropsOrBool":        true,
	"io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaPropsOrStringArray": true,
}

var structs = map[string][][]string{}
var named = map[string]string{}

func name(t reflect.Type) string {
	if t.PkgPath() == "" {
		return t.Name()
	}
	path := strings.Split(strings.Replace(t.PkgPath(), "k8s.io", "io.k8s", 1), "/")
	return strings.Join(path, ".") + "." + t.Name()
}

func expression(t reflect.Type) string {
	if t.Name() != "" {
		n := name(t)
		if t.PkgPath() != "" && !opaque[n] {
			visit(t, n)
		}
		return n
	}
	switch t.Kind() {
	case reflect.Pointer:
		return "*" + expression(t.Elem())
	case reflect.Slice:
		return "[]" + expression(t.Elem())
	case reflect.Map:
		return "map[" + expression(t.Key()) + "]" + expression(t.Elem())
	case reflect.Interface:
		return "any"
	}
	panic(t.String())
}

func visit(t reflect.Type, n string) {
	switch t.Kind() {
	case reflect.Struct:
		if _, seen := structs[n]; seen {
			return
		}
		structs[n] = nil
		fields := [][]string{}
		for i := 0; i < t.NumField(); i++ {
			f := t.Field(i)
			parts := strings.Split(f.Tag.Get("json"), ",")
			if parts[0] == "-" || !f.IsExported() {
				continue
			}
			flags := ""
			for _, p := range parts[1:] {
				switch p {
				case "omitempty":
					flags += "e"
				case "omitzero":
					flags += "z"
				}
			}
			if f.Anonymous && parts[0] == "" {
				flags += "i"
			}
			entry := []string{parts[0], expression(f.Type)}
			if flags != "" {
				entry = append(entry, flags)
			}
			fields = append(fields, entry)
		}
		structs[n] = fields
	case reflect.Interface:
		named[n] = "any"
	case reflect.Slice:
		named[n] = "[]" + expression(t.Elem())
	case reflect.Map:
		named[n] = "map[" + expression(t.Key()) + "]" + expression(t.Elem())
	default:
		named[n] = t.Kind().String()
	}
}

func main() {
	var schemas map[string]struct {
		Kinds []struct{ Group, Version, Kind string } `json:"x-kubernetes-group-version-kind"`
	}
	raw, err := os.ReadFile(os.Args[1])
	if err != nil {
		panic(err)
	}
	if err := json.Unmarshal(raw, &schemas); err != nil {
		panic(err)
	}
	for _, add := range []func(*runtime.Scheme) error{apiextensionsv1.AddToScheme, apiregistrationv1.AddToScheme} {
		if err := add(scheme.Scheme); err != nil {
			panic(err)
		}
	}
	kinds := map[string][]string{}
	for gvk, t := range scheme.Scheme.AllKnownTypes() {
		if gvk.Version == "__internal" {
			continue
		}
		gv := gvk.GroupVersion().String()
		kinds[gv] = append(kinds[gv], gvk.Kind)
		if _, known := schemas[name(t)]; known {
			visit(t, name(t))
		}
	}
	for _, t := range []any{metav1.Status{}, metav1.DeleteOptions{}, metav1.ListMeta{}} {
		visit(reflect.TypeOf(t), name(reflect.TypeOf(t)))
	}
	for _, list := range kinds {
		sort.Strings(list)
	}
	out := json.NewEncoder(os.Stdout)
	out.SetEscapeHTML(false)
	if err := out.Encode(map[string]any{"structs": structs, "named": named, "kinds": kinds}); err != nil {
		panic(err)
	}
}
