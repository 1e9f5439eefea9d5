/** pods/log, exec, attach and portforward: passed on to the kubelet of the pod's node. */
import type { IncomingMessage } from 'node:http';
import { ApiError, isApiError } from '../../api/api-error.ts';
import type { Node, Pod } from '../../api/groups/core.v1.ts';
import { Nodes } from '../../api/resources.ts';
import { admitConnect } from '../admission/admit-connect.ts';
import type { Api } from '../api.ts';
import { authorize } from '../authorization/authorize.ts';
import { storageKey, type Served } from '../registry/served.ts';
import type { Answer, ApiRequest } from '../request.ts';
import { isTrueParameter } from '../request-info.ts';
import { currentEntry, nameOf, notFoundError, targetOf } from '../verbs/target.ts';
import { checkLogOptions, readPorts } from './log-options.ts';

export async function readLog(api: Api, served: Served, request: ApiRequest): Promise<Answer> {
  checkLogOptions(request.query, nameOf(request));
  const pod = currentEntry(served, request).object as unknown as Pod;
  const container = chooseContainer(pod, request.query, 'a container name must be specified for pod');
  const node = await nodeOf(api, served, pod);
  if (node === undefined) return { type: 'raw', status: 204, headers: {}, body: '' };
  const { namespace, name } = pod.metadata;
  const query = new URLSearchParams(request.query);
  query.delete('container');
  const suffix = query.size === 0 ? '' : `?${query.toString()}`;
  const path = `/containerLogs/${namespace}/${name}/${container}${suffix}`;
  const response = await api.kubelets.request(node, 'GET', path, request.lifetime.signal);
  if (response.statusCode !== 200) throw await kubeletError(response);
  return { type: 'raw', status: 200, headers: { 'content-type': 'text/plain' }, body: response };
}

export async function passToKubelet(api: Api, served: Served, received: ApiRequest): Promise<Answer> {
  if (received.info.verb === 'get') await checkMayCreate(api, received);
  const { subresource } = targetOf(received);
  if (subresource === 'portforward') readPorts(received.query);
  const request = await admitConnect(api, served, received);
  const pod = currentEntry(served, request).object as unknown as Pod;
  const { namespace, name } = pod.metadata;
  const path =
    subresource === 'portforward'
      ? `/portForward/${namespace}/${name}?${portQuery(request.query)}`
      : `/${subresource}/${namespace}/${name}/${chooseContainer(pod, request.query, 'a container name must be specified for pod')}?${streamQuery(request.query)}`;
  const node = await nodeOf(api, served, pod);
  if (node === undefined) throw new ApiError('BadRequest', `pod ${name} does not have a host assigned`);
  if (subresource === 'exec' && request.query.getAll('command').length === 0) {
    throw new ApiError('BadRequest', 'you must specify at least 1 command for the container');
  }
  const { upgrade, incoming } = request;
  if (upgrade === undefined || incoming === undefined) throw new ApiError('BadRequest', 'Upgrade request required');
  const { socket, head } = upgrade;
  await api.kubelets.relay(node, { method: request.method, path, headers: incoming.headers, socket, head });
  return { type: 'hijacked' };
}

/** A web socket begins with a GET, but to run something in a pod is more than to read. */
async function checkMayCreate(api: Api, request: ApiRequest): Promise<void> {
  try {
    await authorize(api.authorizer, request, 'create');
  } catch (error) {
    if (!isApiError(error, 'Forbidden')) throw error;
    const { name = '' } = targetOf(request);
    throw new ApiError('Forbidden', `pods ${JSON.stringify(name)} is forbidden: `, { name, kind: 'pods' });
  }
}

/** The API's names of the streams are not the kubelet's. */
function streamQuery(query: URLSearchParams): string {
  const passed = new URLSearchParams();
  const names: Readonly<Record<string, string>> = { stdin: 'input', stdout: 'output', stderr: 'error', tty: 'tty' };
  for (const [name, kubeletName] of Object.entries(names)) {
    if (isTrueParameter(query.get(name))) passed.set(kubeletName, '1');
  }
  for (const command of query.getAll('command')) passed.append('command', command);
  return passed.toString();
}

function portQuery(query: URLSearchParams): string {
  const passed = new URLSearchParams();
  for (const port of readPorts(query)) passed.append('port', port);
  return passed.toString();
}

/** The container that was asked for, or the only one there is. */
function chooseContainer(pod: Pod, query: URLSearchParams, missing: string): string {
  const { name } = pod.metadata;
  const { containers, initContainers = [], ephemeralContainers = [] } = pod.spec;
  const wanted = query.get('container') ?? '';
  const all = [...containers, ...initContainers, ...ephemeralContainers].map((container) => container.name);
  if (wanted === '') {
    if (containers.length === 1) return containers[0]?.name ?? '';
    const choices = [...initContainers, ...containers, ...ephemeralContainers]
      .map((container) => container.name)
      .join(' ');
    throw new ApiError('BadRequest', `${missing} ${name}, choose one of: [${choices}]`);
  }
  if (!all.includes(wanted)) throw new ApiError('BadRequest', `container ${wanted} is not valid for pod ${name}`);
  return wanted;
}

async function nodeOf(api: Api, pods: Served, pod: Pod): Promise<Node | undefined> {
  const { nodeName } = pod.spec;
  if (nodeName === undefined || nodeName === '') return undefined;
  const nodes = api.resources.of(Nodes);
  await nodes.cache.ready();
  const node = nodes.cache.get(storageKey(nodes, undefined, nodeName));
  // The original looks for the node among the pods when it says this.
  if (node === undefined) throw notFoundError(pods, nodeName);
  return node.object as unknown as Node;
}

async function kubeletError(response: IncomingMessage): Promise<ApiError> {
  const chunks: Buffer[] = [];
  for await (const chunk of response as AsyncIterable<Buffer>) chunks.push(chunk);
  const text = Buffer.concat(chunks).toString('utf8').trim();
  return new ApiError(
    response.statusCode === 404 ? 'NotFound' : response.statusCode === 400 ? 'BadRequest' : 'InternalError',
    text,
  );
}
