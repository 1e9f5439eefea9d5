/** A function that answers requests for a resource: a verb on its objects, or one of its subresources. */
import type { Api } from './api.ts';
import type { Served } from './registry/served.ts';
import type { Answer, ApiRequest } from './request.ts';

export type ResourceHandler = (api: Api, served: Served, request: ApiRequest) => Promise<Answer> | Answer;
