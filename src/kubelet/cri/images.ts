/** Images over the Container Runtime Interface. */
import type { ImageService } from '../runtimes/runtime.ts';
import type { CriClient } from './client.ts';
import { filesystemFromCri, imageFromCri } from './from-cri.ts';

/** Pulls have no deadline: a large image on a slow line may take long. */
const noDeadline = 0;

export function criImages(client: CriClient, load: ImageService['load']): ImageService {
  return {
    load,
    async list() {
      return (await client.call('listImages', {})).images.map(imageFromCri);
    },
    async status(image) {
      const answer = await client.call('imageStatus', { image: { image } });
      return answer.image === null ? undefined : imageFromCri(answer.image);
    },
    async pull(image, auth) {
      return (await client.call('pullImage', { image: { image }, auth: auth ?? null }, noDeadline)).imageRef;
    },
    async remove(image) {
      await client.call('removeImage', { image: { image } });
    },
    async filesystems() {
      return (await client.call('imageFsInfo', {})).imageFilesystems.map(filesystemFromCri);
    },
  };
}
