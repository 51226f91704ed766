import { StatusError } from '@kubarium/shared';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeDeleteOptions, decodeObject, decodeTarget, decodeValue } from './decode-object.ts';

const target = (kind: string, group = '', version = 'v1') => decodeTarget(group, version, kind)!;
const POD = target('Pod');
const CONFIG_MAP = target('ConfigMap');
const CONTAINERS = '"containers":[{"name":"c","image":"i"}]';

type Mode = 'Ignore' | 'Warn' | 'Strict' | undefined;
const json = (text: string, of = POD, fieldValidation?: Mode) =>
  decodeObject(of, Buffer.from(text), 'application/json', { fieldValidation });
const yaml = (text: string, of = CONFIG_MAP, fieldValidation?: Mode) =>
  decodeObject(of, Buffer.from(text), 'application/yaml', { fieldValidation });

function failure(run: () => unknown): StatusError {
  try {
    run();
  } catch (error) {
    if (error instanceof StatusError) return error;
    throw error;
  }
  throw new Error('expected a StatusError');
}

describe('a body whose kind cannot be read', () => {
  const TYPE_META = String.raw`struct { APIVersion string "json:\"apiVersion,omitempty\""; Kind string "json:\"kind,omitempty\"" }`;
  test.each([
    ['{', 'unexpected end of JSON input ({)'],
    ['', 'unexpected end of JSON input (<empty>)'],
    ['[]', `json: cannot unmarshal array into Go value of type ${TYPE_META} (5b5d)`],
    ['"x"', `json: cannot unmarshal string into Go value of type ${TYPE_META} (227822)`],
    ['123', `json: cannot unmarshal number into Go value of type ${TYPE_META} (313233)`],
    [
      '{"apiVersion":1,"kind":"Pod"}',
      'json: cannot unmarshal number into Go struct field .apiVersion of type string ({"apiVersion":1,"kind":"Pod"})',
    ],
    [
      `{"metadata":{"name":"a"},"spec":{${CONTAINERS}}} x`,
      `invalid character 'x' after top-level value ({"metadata":{"name":"a"},"spec ...)`,
    ],
    [
      `{"metadata":{"name":"a",},"spec":{}}`,
      `invalid character '}' looking for beginning of object key string ({"metadata":{"name":"a",},"spe ...)`,
    ],
    [`{'metadata':1}`, `invalid character '\\'' looking for beginning of object key string ({'metadata':1})`],
    [
      '{"metadata":{"name":"a"} "spec":1}',
      `invalid character '"' after object key:value pair ({"metadata":{"name":"a"} "spec ...)`,
    ],
    ['{"metadata":tru}', `invalid character '}' in literal true (expecting 'e') ({"metadata":tru})`],
    ['{"metadata":{"name":"a\nb"}}', `invalid character '\\n' in string literal ({"metadata":{"name":"a\nb"}})`],
    ['{"metadata":{"name":"a\\x"}}', `invalid character 'x' in string escape code ({"metadata":{"name":"a\\x"}})`],
    ['{"metadata":{"name":01}}', `invalid character '1' after object key:value pair ({"metadata":{"name":01}})`],
    [
      `{"metadata":{"name":"a"},"x":${'['.repeat(11_000)}`,
      `invalid character '[' exceeded max depth ({"metadata":{"name":"a"},"x":[ ...)`,
    ],
  ])('is unrecognized: %j', (body, why) => {
    const { status } = failure(() => json(body));
    expect(status).toMatchObject({ code: 400, reason: 'BadRequest' });
    expect(status.message).toBe(
      `the object provided is unrecognized (must be of type Pod): couldn't get version/kind; json parse error: ${why}`,
    );
  });

  test('is unrecognized where the apiVersion is no group and version', () => {
    expect(failure(() => json('{"apiVersion":"a/b/c","kind":"Pod"}')).message).toBe(
      `the object provided is unrecognized (must be of type Pod): unexpected GroupVersion string: a/b/c ({"apiVersion":"a/b/c","kind":" ...)`,
    );
  });

  test.each([
    ['- a', 'array', '2d2061'],
    ['hello', 'string', '68656c6c6f'],
    ['5', 'number', '35'],
  ])('is unrecognized where YAML is no mapping: %s', (body, type, quoted) => {
    expect(failure(() => yaml(body)).message).toBe(
      `the object provided is unrecognized (must be of type ConfigMap): couldn't get version/kind; json parse error: json: cannot unmarshal ${type} into Go value of type struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" } (${quoted})`,
    );
  });

  test('is unrecognized where protobuf lacks its prefix', () => {
    expect(
      failure(() => decodeObject(POD, Buffer.from('{"metadata":{"name":"a"}}'), 'application/vnd.kubernetes.protobuf'))
        .message,
    ).toBe(
      'the object provided is unrecognized (must be of type Pod): provided data does not appear to be a protobuf message, expected prefix [107 56 115 0] ({"metadata":{"name":"a"}})',
    );
  });

  test.each(['text/plain', 'application/cbor', 'application/merge-patch+json'])('is refused as %s', (contentType) => {
    expect(failure(() => decodeObject(POD, Buffer.from('{}'), contentType)).status).toMatchObject({
      code: 415,
      reason: 'UnsupportedMediaType',
    });
  });
});

describe('the kind of a body', () => {
  test.each([
    [
      '{"apiVersion":"v2","kind":"Pod"}',
      POD,
      'Pod in version "v2" cannot be handled as a Pod: no kind "Pod" is registered for version "v2" in scheme "pkg/runtime/scheme.go:111"',
    ],
    [
      '{"apiVersion":"v1","kind":"Foo"}',
      POD,
      'Foo in version "v1" cannot be handled as a Pod: no kind "Foo" is registered for version "v1" in scheme "pkg/runtime/scheme.go:111"',
    ],
    [
      '{"apiVersion":"apps/v1","kind":"Deployment"}',
      POD,
      'Deployment in version "v1" cannot be handled as a Pod: converting (v1.Deployment) to (core.Pod): unknown conversion',
    ],
    [
      '{"apiVersion":"v1","kind":"Pod"}',
      target('Binding'),
      'Pod in version "v1" cannot be handled as a Binding: converting (v1.Pod) to (core.Binding): unknown conversion',
    ],
    [
      '{"apiVersion":"v1","kind":"Pod"}',
      target('Eviction', 'policy'),
      'Pod in version "v1" cannot be handled as a Eviction: converting (v1.Pod) to (policy.Eviction): unknown conversion',
    ],
    [
      '{"apiVersion":"apps/v1beta1","kind":"Deployment"}',
      target('Deployment', 'apps'),
      'the API version in the data (apps/v1beta1) does not match the expected API version (apps/v1)',
    ],
    [
      '{"apiVersion":"events.k8s.io/v1","kind":"Event"}',
      target('Event'),
      'the API version in the data (events.k8s.io/v1) does not match the expected API version (v1)',
    ],
  ])('is not the one that is written: %s', (body, of, message) => {
    expect(failure(() => json(body, of)).message).toBe(message);
  });

  test.each(['{}', 'null', '{"kind":"Pod"}', '{"apiVersion":"v1"}'])('may be left out: %s', (body) => {
    expect(json(body).object).toEqual({
      kind: 'Pod',
      apiVersion: 'v1',
      metadata: {},
      spec: { containers: [] },
      status: {},
    });
  });
});

describe('a value that does not fit', () => {
  const spec = (text: string) => `{"metadata":{"name":"a"},"spec":{${text},${CONTAINERS}}}`;
  const container = (text: string) =>
    `{"metadata":{"name":"a"},"spec":{"containers":[{"name":"c","image":"i",${text}}]}}`;
  const metadata = (text: string) => `{"metadata":{${text}},"spec":{${CONTAINERS}}}`;
  test.each([
    [
      metadata('"name":1'),
      'json: cannot unmarshal number into Go struct field ObjectMeta.metadata.name of type string',
    ],
    [
      metadata('"name":true'),
      'json: cannot unmarshal bool into Go struct field ObjectMeta.metadata.name of type string',
    ],
    [
      metadata('"name":{}'),
      'json: cannot unmarshal object into Go struct field ObjectMeta.metadata.name of type string',
    ],
    [
      metadata('"name":[]'),
      'json: cannot unmarshal array into Go struct field ObjectMeta.metadata.name of type string',
    ],
    [
      metadata('"labels":{"a":1}'),
      'json: cannot unmarshal number into Go struct field ObjectMeta.metadata.labels of type string',
    ],
    [
      metadata('"labels":["a"]'),
      'json: cannot unmarshal array into Go struct field ObjectMeta.metadata.labels of type map[string]string',
    ],
    [
      metadata('"ownerReferences":[{"uid":5}]'),
      'json: cannot unmarshal number into Go struct field OwnerReference.metadata.ownerReferences.uid of type types.UID',
    ],
    [
      metadata('"finalizers":[5]'),
      'json: cannot unmarshal number into Go struct field ObjectMeta.metadata.finalizers of type string',
    ],
    [
      metadata('"generation":1.5'),
      'json: cannot unmarshal number 1.5 into Go struct field ObjectMeta.metadata.generation of type int64',
    ],
    [
      metadata('"creationTimestamp":"x"'),
      'parsing time "x" as "2006-01-02T15:04:05Z07:00": cannot parse "x" as "2006"',
    ],
    [
      metadata('"creationTimestamp":5'),
      'json: cannot unmarshal number into Go struct field ObjectMeta.metadata.creationTimestamp of type string',
    ],
    ['{"metadata":"x"}', 'json: cannot unmarshal string into Go struct field Pod.metadata of type v1.ObjectMeta'],
    ['{"spec":[]}', 'json: cannot unmarshal array into Go struct field Pod.spec of type v1.PodSpec'],
    [
      '{"spec":{"containers":{}}}',
      'json: cannot unmarshal object into Go struct field PodSpec.spec.containers of type []v1.Container',
    ],
    [
      '{"spec":{"containers":["x"]}}',
      'json: cannot unmarshal string into Go struct field PodSpec.spec.containers of type v1.Container',
    ],
    [
      container('"ports":[{"containerPort":"80"}]'),
      'json: cannot unmarshal string into Go struct field ContainerPort.spec.containers.ports.containerPort of type int32',
    ],
    [
      container('"ports":[{"containerPort":80.5}]'),
      'json: cannot unmarshal number 80.5 into Go struct field ContainerPort.spec.containers.ports.containerPort of type int32',
    ],
    [
      container('"ports":[{"containerPort":80.0}]'),
      'json: cannot unmarshal number 80.0 into Go struct field ContainerPort.spec.containers.ports.containerPort of type int32',
    ],
    [
      container('"ports":[{"containerPort":8e1}]'),
      'json: cannot unmarshal number 8e1 into Go struct field ContainerPort.spec.containers.ports.containerPort of type int32',
    ],
    [
      container('"ports":[{"containerPort":99999999999}]'),
      'json: cannot unmarshal number 99999999999 into Go struct field ContainerPort.spec.containers.ports.containerPort of type int32',
    ],
    [
      container('"tty":"yes"'),
      'json: cannot unmarshal string into Go struct field Container.spec.containers.tty of type bool',
    ],
    [
      container('"resources":{"limits":{"cpu":true}}'),
      "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'",
    ],
    [container('"resources":{"limits":{"cpu":"1K"}}'), "unable to parse quantity's suffix"],
    [
      container('"resources":{"limits":["x"]}'),
      'json: cannot unmarshal array into Go struct field ResourceRequirements.spec.containers.resources.limits of type v1.ResourceList',
    ],
    [
      container('"readinessProbe":{"httpGet":{"port":true}}'),
      'json: cannot unmarshal bool into Go struct field HTTPGetAction.spec.containers.readinessProbe.ProbeHandler.httpGet.port of type int32',
    ],
    [
      container('"readinessProbe":{"httpGet":{"port":80.5}}'),
      'json: cannot unmarshal number 80.5 into Go struct field HTTPGetAction.spec.containers.readinessProbe.ProbeHandler.httpGet.port of type int32',
    ],
    [
      spec('"restartPolicy":5'),
      'json: cannot unmarshal number into Go struct field PodSpec.spec.restartPolicy of type v1.RestartPolicy',
    ],
    [
      spec('"activeDeadlineSeconds":99999999999999999999'),
      'json: cannot unmarshal number 99999999999999999999 into Go struct field PodSpec.spec.activeDeadlineSeconds of type int64',
    ],
    [
      spec('"securityContext":"x"'),
      'json: cannot unmarshal string into Go struct field PodSpec.spec.securityContext of type v1.PodSecurityContext',
    ],
    [
      spec('"volumes":[{"name":"v","emptyDir":"x"}]'),
      'json: cannot unmarshal string into Go struct field Volume.spec.volumes.VolumeSource.emptyDir of type v1.EmptyDirVolumeSource',
    ],
    [
      spec('"volumes":[{"name":"v","emptyDir":{"medium":5}}]'),
      'json: cannot unmarshal number into Go struct field EmptyDirVolumeSource.spec.volumes.VolumeSource.emptyDir.medium of type v1.StorageMedium',
    ],
    [
      '{"metadata":{"name":5},"spec":{"restartPolicy":5,"containers":[{"resources":{"limits":{"cpu":"zz"}}}]}}',
      "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'",
    ],
  ])("is told in Go's words: %s", (body, why) => {
    for (const mode of ['Ignore', 'Warn', 'Strict'] as const) {
      const { status } = failure(() => json(body, POD, mode));
      expect(status).toMatchObject({
        code: 400,
        reason: 'BadRequest',
        message: `Pod in version "v1" cannot be handled as a Pod: ${why}`,
      });
    }
    expect(failure(() => decodeValue(POD, JSON.parse(body.replace('80.0', '80.5').replace('8e1', '80.5')))).code).toBe(
      400,
    );
  });

  test.each([
    ['{"binaryData":{"a":"!!"}}', CONFIG_MAP, 'illegal base64 data at input byte 0'],
    [
      '{"binaryData":{"a":5}}',
      CONFIG_MAP,
      'json: cannot unmarshal number into Go struct field ConfigMap.binaryData of type []uint8',
    ],
    [
      '{"data":{"a":1}}',
      CONFIG_MAP,
      'json: cannot unmarshal number into Go struct field ConfigMap.data of type string',
    ],
    ['{"data":{"a":"aGk"}}', target('Secret'), 'illegal base64 data at input byte 0'],
    ['{"data":{"a":"aG k="}}', target('Secret'), 'illegal base64 data at input byte 2'],
  ])('is told of %s', (body, of, why) => {
    expect(failure(() => json(body, of)).message).toBe(
      `${of.kind} in version "v1" cannot be handled as a ${of.kind}: ${why}`,
    );
  });
});

describe('unknown and duplicate fields', () => {
  const BODY =
    '{"metadata":{"name":"a","name":"b","foo":1,"bar":2},"spec":{"foo":{"x":1},"containers":[{"name":"c","name":"c","image":"i","a":1,"Image":"X"}]}}';
  const FLAWS = [
    'duplicate field "metadata.name"',
    'unknown field "metadata.foo"',
    'unknown field "metadata.bar"',
    'unknown field "spec.foo"',
    'duplicate field "spec.containers[0].name"',
    'unknown field "spec.containers[0].a"',
    'unknown field "spec.containers[0].Image"',
  ];

  test('are an error under Strict', () => {
    expect(failure(() => json(BODY, POD, 'Strict')).status).toMatchObject({
      code: 400,
      reason: 'BadRequest',
      message: `Pod in version "v1" cannot be handled as a Pod: strict decoding error: ${FLAWS.join(', ')}`,
    });
  });

  test('are told once where an unknown one is repeated', () => {
    expect(json('{"foo":{"a":1,"a":2},"foo":1,"kind":"Pod","kind":"Pod"}').warnings).toEqual([
      'unknown field "foo"',
      'duplicate field "kind"',
    ]);
  });

  test.each(['Warn', undefined] as const)('are warnings under %s', (mode) => {
    const { object, warnings } = json(BODY, POD, mode);
    expect(warnings).toEqual(FLAWS);
    expect(object.metadata).toEqual({ name: 'b' });
  });

  test('are nothing under Ignore', () => {
    expect(json(BODY, POD, 'Ignore').warnings).toEqual([]);
  });

  test('are found in YAML by their lines', () => {
    const body = 'metadata:\n  name: a\n  name: b\n  foo: 1\ndata: {a: b}\n';
    expect(failure(() => yaml(body, CONFIG_MAP, 'Strict')).message).toBe(
      'ConfigMap in version "v1" cannot be handled as a ConfigMap: strict decoding error: yaml: unmarshal errors:\n  line 3: key "name" already set in map, unknown field "metadata.foo"',
    );
    expect(yaml(body).warnings).toEqual(['line 3: key "name" already set in map', 'unknown field "metadata.foo"']);
    expect(yaml(body).object.metadata).toEqual({ name: 'b' });
  });
});

describe('what is stored', () => {
  test.each([
    [
      'an empty map and nulls go',
      '{"metadata":{"name":"a","labels":{},"annotations":null,"creationTimestamp":null}}',
      { metadata: { name: 'a' } },
    ],
    [
      'a null in a map of texts is an empty text',
      '{"metadata":{"labels":{"a":null}}}',
      { metadata: { labels: { a: '' } } },
    ],
    [
      'a time is brought to UTC',
      '{"metadata":{"creationTimestamp":"2020-01-01T00:00:00.5+02:00"}}',
      { metadata: { creationTimestamp: '2019-12-31T22:00:00Z' } },
    ],
    [
      'empty lists go, nulls in lists are zero values',
      '{"spec":{"containers":[{"name":"c","args":[null,"b"],"env":[],"ports":null,"command":[]}]}}',
      { spec: { containers: [{ name: 'c', args: ['', 'b'], resources: {} }] } },
    ],
    [
      'quantities are canonical',
      '{"spec":{"containers":[{"name":"c","resources":{"limits":{"cpu":null,"memory":"1025Mi","a":0.5,"b":"1000m"}}}]}}',
      {
        spec: { containers: [{ name: 'c', resources: { limits: { cpu: '0', memory: '1025Mi', a: '500m', b: '1' } } }] },
      },
    ],
    [
      'false goes where absent means false, and stays where it does not',
      '{"spec":{"containers":[],"hostNetwork":false,"automountServiceAccountToken":false}}',
      { spec: { containers: [], automountServiceAccountToken: false } },
    ],
    [
      'a key may be called __proto__',
      '{"metadata":{"labels":{"__proto__":"x"}}}',
      { metadata: { labels: JSON.parse('{"__proto__":"x"}') } },
    ],
  ])('%s', (_name, body, expected) => {
    const decoded = json(body).object;
    expect(JSON.parse(JSON.stringify(decoded))).toEqual({
      kind: 'Pod',
      apiVersion: 'v1',
      metadata: {},
      spec: { containers: [] },
      status: {},
      ...expected,
    });
  });

  test.each([
    ['yes is true', 'immutable: yes', { immutable: true }],
    ['dates are texts', 'metadata: {name: 2020-01-01}', { metadata: { name: '2020-01-01' } }],
    ['keys are texts', 'data: {? 5 : b}', { data: { 5: 'b' } }],
    ['a tag makes a text', 'data: {e: !!str 5, f: "0x10"}', { data: { e: '5', f: '0x10' } }],
    [
      'aliases and merges are resolved',
      'metadata: {name: &x a}\ndata: {a: *x, <<: {c: d}}',
      { metadata: { name: 'a' }, data: { a: 'a', c: 'd' } },
    ],
    ['only the first document counts', '---\nmetadata: {name: a}\n---\nfoo: bar\n', { metadata: { name: 'a' } }],
    ['nothing', '# nothing', {}],
  ])('of YAML: %s', (_name, body, expected) => {
    expect(yaml(body).object).toEqual({ kind: 'ConfigMap', apiVersion: 'v1', metadata: {}, ...expected });
  });

  test.each(['a: &a [*a]', 'metadata: &a {annotations: {b: *a}}', '&a x: &b {<<: *b}'])(
    'YAML that contains itself is refused: %s',
    (body) => {
      expect(failure(() => yaml(body)).message).toMatch(/yaml: anchor '[ab]' value contains itself/);
    },
  );

  test('shares nothing with a value that it was made of', () => {
    const value = { metadata: { name: 'a', labels: { a: 'b' } }, spec: { containers: [] } };
    const { object } = decodeValue(POD, value);
    object.metadata.labels!['a'] = 'changed';
    expect(value.metadata.labels).toEqual({ a: 'b' });
  });
});

describe('decodeDeleteOptions', () => {
  const decode = (text: string) => decodeDeleteOptions(Buffer.from(text), 'application/json');
  test('takes nothing, and options of any group', () => {
    expect(decode('')).toEqual({});
    expect(decode('{"apiVersion":"apps/v1","kind":"DeleteOptions","gracePeriodSeconds":0}')).toMatchObject({
      gracePeriodSeconds: 0,
    });
    expect(decode('{"propagationPolicy":"Foreground"}')).toMatchObject({ propagationPolicy: 'Foreground' });
  });
  test.each([
    ['{', "couldn't get version/kind; json parse error: unexpected end of JSON input"],
    [
      '{"gracePeriodSeconds":"x"}',
      'json: cannot unmarshal string into Go struct field DeleteOptions.gracePeriodSeconds of type int64',
    ],
    [
      '{"apiVersion":"v1","kind":"Pod"}',
      'no kind "Pod" is registered for version "v1" in scheme "pkg/runtime/scheme.go:111"',
    ],
  ])('refuses %s', (body, message) => expect(failure(() => decode(body)).message).toBe(message));
});

describe('whatever a client sends', () => {
  const VALID = JSON.stringify({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'a', labels: { a: 'b' }, creationTimestamp: '2020-01-01T00:00:00Z' },
    spec: {
      containers: [{ name: 'c', image: 'i:1.5', resources: { limits: { cpu: '1' } }, ports: [{ containerPort: 80 }] }],
      activeDeadlineSeconds: 5,
    },
  });
  const TYPES = ['application/json', 'application/yaml', 'application/vnd.kubernetes.protobuf'];

  /** Either an object or a StatusError with code 400: anything else is a bug. */
  function outcomes(body: Buffer, contentType: string): (number | string)[] {
    return (['Ignore', 'Strict'] as const).map((fieldValidation) => {
      try {
        return decodeObject(POD, body, contentType, { fieldValidation }).object.kind;
      } catch (error) {
        if (!(error instanceof StatusError)) throw error;
        return error.code;
      }
    });
  }

  const isAnswered = (outcome: (number | string)[]): boolean => outcome.every((one) => one === 'Pod' || one === 400);

  test('random bytes are an object or a 400', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.constantFrom(...TYPES), (bytes, type) => {
        expect(isAnswered(outcomes(Buffer.from(bytes), type))).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });

  test('a damaged object is an object or a 400', () => {
    const damage = fc.array(
      fc.tuple(
        fc.nat(VALID.length),
        fc.nat(6),
        fc.constantFrom('', '"', '{', '}', '[', ']', ',', ':', '5', '.', 'e', '\\', 'null', 'é', '\u0000'),
      ),
      { minLength: 1, maxLength: 4 },
    );
    fc.assert(
      fc.property(damage, fc.constantFrom(...TYPES.slice(0, 2)), (changes, type) => {
        const text = changes.reduce(
          (before, [at, length, insert]) => before.slice(0, at) + insert + before.slice(at + length),
          VALID,
        );
        expect(isAnswered(outcomes(Buffer.from(text), type))).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });

  test('any JSON value in any place is an object or a 400', () => {
    const place = fc.constantFrom('metadata', 'spec', 'status', 'apiVersion', 'kind', 'extra');
    fc.assert(
      fc.property(place, fc.jsonValue(), (name, value) => {
        expect(
          isAnswered(
            outcomes(Buffer.from(JSON.stringify({ ...JSON.parse(VALID), [name]: value })), 'application/json'),
          ),
        ).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });
});
