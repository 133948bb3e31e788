/** The embedded cloud in a process of its own, without anything else. Tells its parent process where it is. */

import { startLocalCloud } from 'rx-llamacloud-local';

const cloud = await startLocalCloud();
const { url, token } = cloud;
process.once('disconnect', () => void cloud.close().then(() => process.exit()));
process.send?.({ url, token });
