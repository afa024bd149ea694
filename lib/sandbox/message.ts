import { Field, Info2 } from '../record/layout.ts';
import { ProtoType } from '../wire/proto.ts';
import { answerBatch } from './batch.ts';
import type { Cluster } from './cluster.ts';
import type { Connection } from './connection.ts';
import type { RequestKind } from './fault.ts';
import type { Faults } from './faults.ts';
import { lastMessage, sendAnswer } from './reply.ts';
import { fieldOf, parseRequest, type Request } from './request.ts';
import { Result } from './result.ts';
import { answerScan } from './scan.ts';
import type { Access } from './security/access.ts';
import { NEEDED_FOR_SCANS, neededFor } from './security/needed.ts';
import { answerFaulty, answerSingle } from './single.ts';
import type { NamespaceStore } from './store.ts';

/** What a node answers messages with. */
export interface MessageContext {
  readonly cluster: Cluster;
  /** The node's name. */
  readonly node: string;
  readonly faults: Faults;
  readonly protoSize: number;
  /** What the connection may do. */
  readonly access: Access;
}

/**
 * Answers the body of a type-3 proto: a scan, a batch, or an operation on one record.
 * @throws AsbError `PROTOCOL` if it is no message
 */
export const answerMessage = async (
  body: Buffer,
  connection: Connection,
  context: MessageContext,
): Promise<void> => {
  const request = parseRequest(body);
  const kind = kindOf(request);
  const { access } = context;
  if (access.result !== Result.OK) {
    // Before a login, the server does not look what a request is, but for batches.
    if (kind === 'batch') return refuse(connection, kind, access.result);
    return sendAnswer(connection, { resultCode: access.result });
  }
  const fault = context.faults.takeAnswer(kind);
  if (fault !== Result.OK) return refuse(connection, kind, fault);
  const { cluster, faults } = context;
  if (kind === 'batch') {
    return answerBatch(request, connection, { namespaces: cluster.namespaces, faults, access });
  }
  const namespace = cluster.namespaces.get(fieldOf(request, Field.NAMESPACE).toString());
  if (namespace === undefined) return refuse(connection, kind, Result.NAMESPACE);
  const permitted = access.resultFor(kind === 'scan' ? NEEDED_FOR_SCANS : neededFor(request));
  if (permitted !== Result.OK) return refuse(connection, kind, permitted);
  if (kind === 'write') return answerPut(request, connection, namespace, faults);
  if (kind !== 'scan') return sendAnswer(connection, answerSingle(request, namespace));
  return answerScan(request, connection, {
    namespace,
    serves: (partition) => cluster.partitions.owners(partition).includes(context.node),
    faults,
    clock: cluster.clock,
    protoSize: context.protoSize,
  });
};

const answerPut = async (
  request: Request,
  connection: Connection,
  store: NamespaceStore,
  faults: Faults,
): Promise<void> => {
  const cut = faults.takeWriteCut();
  if (cut?.afterRows === 0) return connection.destroy(cut.how);
  const fault = faults.takeRowFault();
  const answer =
    fault === undefined ? answerSingle(request, store) : answerFaulty(request, store, fault);
  await faults.beforeWriteAnswer();
  if (cut !== undefined && cut.answered !== true) return connection.destroy(cut.how);
  await sendAnswer(connection, answer);
  if (cut?.how === 'reset') connection.destroy('reset');
  else if (cut !== undefined) connection.end();
};

/** Scans and batches fail with the message that also ends them. */
const refuse = (connection: Connection, kind: RequestKind, resultCode: number): Promise<void> =>
  kind === 'scan' || kind === 'batch'
    ? connection.sendProto(ProtoType.MESSAGE, lastMessage(resultCode))
    : sendAnswer(connection, { resultCode });

const kindOf = ({ fields, info2 }: Request): RequestKind => {
  if (fields.has(Field.BATCH)) return 'batch';
  if (!fields.has(Field.DIGEST)) return 'scan';
  if (info2 & Info2.DELETE) return 'delete';
  return info2 & Info2.WRITE ? 'write' : 'read';
};
