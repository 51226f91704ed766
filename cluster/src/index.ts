export { Cluster, createCluster, type CreateClusterOptions, type Duration } from './create-cluster.ts';
export { ManifestError } from './embedded/apply-objects.ts';
export { CurlError, PodHandle, type CurlOptions, type CurlResponse, type ExecResult } from './embedded/pod-handle.ts';
export { kubeconfig, type KubeconfigOptions } from './kubeconfig.ts';
export { createCredentials, type Credentials } from './pki/credentials.ts';
export { startCluster, type RunningCluster, type StartOptions } from './start-cluster.ts';
export { StartError } from './start-error.ts';
export { StateFolder } from './state-folder.ts';
export { TRACES, type Trace, type TraceSpec, type TraceStatus } from './trace/trace-resource.ts';
export type { TimedHop } from './trace/trace-recorder.ts';
export { KUBERNETES_VERSION, VERSION } from './version.ts';
export {
  EXPLANATIONS,
  type Explanation,
  type ExplanationSpec,
  type ExplanationStatus,
  type ExplanationStep,
} from './explain/explanation-resource.ts';
export { findScenarios, NoScenarioError } from './scenario/find-scenarios.ts';
export { formatDuration } from './scenario/format-duration.ts';
export { parseScenarios, type Position, type Scenario } from './scenario/parse-scenario.ts';
export { failureLines } from './scenario/report/failure-lines.ts';
export { jsonReport } from './scenario/report/json-report.ts';
export { junitReport } from './scenario/report/junit-report.ts';
export { runScenarios, type RunScenariosOptions } from './scenario/run-scenarios.ts';
export { ScenarioError, type ScenarioProblem } from './scenario/scenario-error.ts';
export type { Evidence, Failure, OperationResult, ScenarioResult } from './scenario/scenario-result.ts';
export { CLOCKS, type ClockRequest, type ClockSpec, type ClockStatus } from './clock/clock-resource.ts';
// What those need who write images and controllers of their own.
export { composeController, type ControllerContext, type ControllerFactory } from '@kubarium/controllers';
export { defineImage, readBody, serveHttp, type Image, type Process, type Program } from '@kubarium/kubelet';
export * from '@kubarium/shared';
export { TRAFFICS, type Traffic, type TrafficSpec, type TrafficStatus } from './traffic/traffic-resource.ts';
