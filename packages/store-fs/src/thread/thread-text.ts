// Made from thread-main.ts by `npm run build:thread`. Do not edit.

/** The program of the thread that writes. */
export const threadText = `\
var ge=require("node:worker_threads");var me=require("node:zlib"),pe=require("node:timers/promises")\
;var d=class extends Error{name="KeepfitError";code;constructor(t,r,n){super(\`\${t}: \${r}\`,n),this.co\
de=t}};function h(e){return e instanceof Error&&e.name==="KeepfitError"&&"code"in e}var g=class{#n;#\
i;#e;#t=0;#r;constructor(t,r){this.#n=t,this.#i=r,this.#e=new DataView(new ArrayBuffer(4*t.length)),\
this.#r=t[0]??0}add(t){for(let r=0;r<t.byteLength;){for(;this.#r===0;)this.#r=this.#n[++this.#t]??1/\
0;if(this.#r===1/0)return;let n=Math.min(r+this.#r,t.byteLength),i=4*this.#t,o=this.#e.getUint32(i,!\
0);this.#e.setUint32(i,this.#i(t.subarray(r,n),o),!0),this.#r-=n-r,r=n}}toBytes(){return new Uint8Ar\
ray(this.#e.buffer)}};function N(){let e=Promise.resolve();return{run:t=>{let r=e.then(t,t);return e\
=r.catch(()=>{}),r}}}var P=require("node:path");var K={fsStore:"folder",fileSink:"path"},Ee={ENOSPC:\
"the disk is full",EDQUOT:"the disk quota is used up"};function A(e,t){let r=u(e),n=\`could not \${t.a\
ction} \${t.path} (\${r===""?String(e):r})\`,i=Ee[r];if(i!==void 0){let o=t.byteLength===void 0?"":\`, a\
nd \${t.byteLength} bytes must fit into \${(0,P.dirname)(t.path)}\`,s=\`\${n}: \${i}\${o}; free some room, \
or \${E(t)}\`;return new d("KEEPFIT_STORE_FULL",s,{cause:e})}return new d("KEEPFIT_STORE_FAILED",\`\${n}\
: \${Fe(r,t)}\`,{cause:e})}function u(e){let r=(h(e)?e.cause:e)?.code;return typeof r=="string"?r:""}a\
sync function p(e){try{return await e()}catch(t){if(u(t)==="ENOENT")return;throw t}}function Fe(e,t)\
{let{owner:r,path:n}=t,i=K[r];switch(e){case"EACCES":case"EPERM":return\`this user may not; let it re\
ad and write \${(0,P.dirname)(n)}, or \${E(t)}\`;case"ERR_ACCESS_DENIED":return"Node's permission model\
 forbids it; use --allow-fs-write, or on Node 26, which forbids fsync, no --permission";case"EROFS":\
return\`the file system is read-only; give \${r} a \${i} that can be written\`;case"EEXIST":return\`somet\
hing else has this name; move it away, or \${E(t)}\`;case"ENOTDIR":return\`a part of this path is a fil\
e; give \${r} a path made of folders\`;case"EISDIR":return\`a folder has this name; move it away, or \${\
E(t)}\`;case"ELOOP":return"a symbolic link has this name and cannot be followed; remove it";case"EFBI\
G":return\`the file system, or ulimit -f, takes no file of this size; give \${r} a \${i} on another one\
\`;case"ENOENT":return"it was removed meanwhile; let nothing else write or clean up in this folder";c\
ase"EMFILE":case"ENFILE":return"too many files are open; raise the limit (ulimit -n)";default:return\
\`see the cause, or \${E(t)}\`}}function E({owner:e}){return\`give \${e} another \${K[e]}\`}var W={open:"op\
en",stat:"look at",lstat:"look at",readdir:"list",mkdir:"make the folder",rename:"rename",link:"link\
",unlink:"delete",readlink:"follow the symbolic link"},v={read:"read",write:"write",truncate:"cut",s\
tat:"look at",utimes:"set the time of",sync:"sync",close:"close"},ke=new Set(["rename","link"]);func\
tion I(e,t,r={}){let n=D(e,W,(i,o)=>({owner:t,action:i==="open"?Se(e.constants,Number(o[1])):W[i],pa\
th:String(ke.has(i)?o[1]:o[0]),...r}));return{...n,constants:e.constants,open:async(i,o,s)=>D(await \
n.open(i,o,s),v,c=>({owner:t,action:v[c],path:i,...r})),for:i=>I(e,t,{...r,...i})}}function Se({O_WR\
ONLY:e,O_EXCL:t=0},r){return(r&t)!==0?"make":(r&e)===0?"read":"open"}function D(e,t,r){let n=e,i=Obj\
ect.keys(t).map(o=>[o,async(...s)=>{try{return await Reflect.apply(n[o],e,s)}catch(c){throw h(c)?c:A\
(c,r(o,s))}}]);return Object.fromEntries(i)}var lt=16*1024*1024;function H(e,t,r){return{...e,fs:I(t\
,"fsStore"),host:r,commits:N()}}var U=require("node:crypto"),S=require("node:path");var be=".safeten\
sors",Te="[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}";function j(e){return new RegExp(\`^\${Te}$\`).te\
st(e)}function C(e,t){return(0,S.join)(e,\`\${t}\${be}\`)}function F(e,t){return(0,S.join)(e,\`.\${t}.lock\
\`)}function M(e,t,r){return\`\${F(e,t)}.\${r}\`}function B(e,t){return(0,S.join)(e,\`.\${t}.\${(0,U.randomU\
UID)()}.tmp\`)}var m=require("node:path");async function k({fs:e,host:t},r){if(t.isWindows)return;let\
 n=await e.for({action:"sync the folder"}).open(r,e.constants.O_RDONLY);try{await n.sync()}catch(i){\
if(u(i)!=="EINVAL")throw i}finally{await n.close()}}var Pe=new Set(["EACCES","EPERM"]);async functio\
n V(e){let t=await b(e,e.path);if(t&&e.isPrepared)return!1;let r=await x(e,e.path,t);return e.isPrep\
ared=!0,r}async function x(e,t,r){let n=(0,m.dirname)(t);if(r)return await Ce(e,t),!1;await x(e,n,aw\
ait b(e,n));let i=!0;try{await e.fs.mkdir(t,{mode:448})}catch(o){if(u(o)!=="EEXIST")throw o;if(!awai\
t b(e,t))return Ie(e,t);i=!1}return await k(e,n),i}async function Ie(e,t){let r=await e.fs.readlink?\
.(t).catch(()=>{});if(r===void 0){let i=\`\${t} is a symbolic link to a folder that is missing; make t\
hat folder\`;throw new d("KEEPFIT_STORE_FAILED",i)}let n=(0,m.isAbsolute)(r)?r:\`\${(0,m.dirname)(t)}\${\
m.sep}\${r}\`;return x(e,n,await b(e,n))}async function b({fs:e},t){let r=e.for({action:"look at the f\
older"}),n=await p(()=>r.stat(t,{bigint:!0}));if(n===void 0)return!1;if(n.isDirectory())return!0;thr\
ow new d("KEEPFIT_STORE_FAILED",\`\${t} is a file, but fsStore needs a folder there; give fsStore the \
path of a folder\`)}async function Ce(e,t){if((0,m.dirname)(t)!==t)try{await k(e,(0,m.dirname)(t))}ca\
tch(r){if(!Pe.has(u(r)))throw r}}async function q(e,t){let{O_WRONLY:r,O_CREAT:n,O_EXCL:i,O_NOFOLLOW:\
o=0}=e.constants,s=await e.open(t,r|n|i|o,384);return{path:t,handle:s,isOpen:!0}}async function L(e)\
{e.isOpen=!1,await e.handle.close()}async function Y(e,t){t.isOpen&&await L(t).catch(()=>{}),await e\
.unlink(t.path).catch(()=>{})}function G(e,t,r){let n="Nothing was changed";if(!r){let o=\`the lock f\
ile \${e} of this training was deleted, so another trainer may have finished the run meanwhile. \${n}.\
 Start this training again, and let nothing else delete files in that folder\`,s=Object.assign(new Er\
ror("the lock file is missing"),{code:"ENOENT",path:e});return new d("KEEPFIT_STORE_CONFLICT",o,{cau\
se:s})}let i=t===void 0?"does not say any more that this training holds it":\`names process \${t.pid} \
on host \${t.host} since \${t.since} instead of this training\`;return new d("KEEPFIT_STORE_CONFLICT",\`\
the lock file \${e} \${i}: it was deleted or replaced, and another trainer may write now. \${n}. Stop o\
ne of the two, or give each its own folder or name\`)}var z=2**23,xe=4;async function J(e,t,r){let{O_\
RDONLY:n,O_NOFOLLOW:i=0,O_NONBLOCK:o=0}=e.constants,s=await p(()=>e.open(t,n|i|o));if(s!==void 0)try\
{let c=await s.stat({bigint:!0});if(!c.isFile())throw new d("KEEPFIT_STORE_FAILED",\`\${t} is no regul\
ar file; move it away\`);let f=await Oe(s,t,Le(t,c.size,r)),l=await s.stat({bigint:!0});if(l.size!==c\
.size||l.mtimeNs!==c.mtimeNs)throw X(t,c.size,l.size);return{bytes:f,stats:c}}finally{await s.close(\
).catch(()=>{})}}function Le(e,t,r){try{if(t<=BigInt(r))return new Uint8Array(Number(t))}catch(i){th\
row new d("KEEPFIT_STORE_FAILED",\`no memory for the \${t} bytes of \${e}; free some\`,{cause:i})}let n=\
\`\${e} has \${t} bytes, more than the \${r} that can be read here; check the file, or use a newer Node\`\
;throw new d("KEEPFIT_STORE_FAILED",n)}async function Oe(e,t,r){let n=0,i=async()=>{for(;n<r.length;\
){let s=n;n+=z,await $e(e,t,r,s,Math.min(s+z,r.length))}},o=await Promise.allSettled(Array.from({len\
gth:xe},i));for(let s of o)if(s.status==="rejected")throw s.reason;return r}async function $e(e,t,r,\
n,i){for(let o=n;o<i;){let{bytesRead:s}=await e.read(r,o,i-o,o);if(!(s>0))throw X(t,BigInt(r.length)\
,BigInt(o));o+=s}}function X(e,t,r){return new d("KEEPFIT_STORE_FAILED",\`\${e} was changed while it w\
as read (\${t} bytes at first, then \${r}): something other than keepfit writes into it; stop that and\
 try again\`)}function Q(e){try{let t=JSON.parse(new TextDecoder().decode(e)),{host:r,pid:n,uuid:i,si\
nce:o}=t;return typeof r!="string"||typeof i!="string"||typeof o!="string"||!j(i)||typeof n!="number\
"||!Number.isSafeInteger(n)||n<1||t.bootId===void 0||t.startTime===void 0?void 0:{host:r,bootId:y(t.\
bootId),pidNamespace:y(t.pidNamespace),pid:n,startTime:y(t.startTime),machine:y(t.machine),threadId:\
Z(t.threadId),thread:_e(t.thread),uuid:i,since:o,socket:y(t.socket),socketDevice:y(t.socketDevice)}}\
catch{return}}function y(e){if(e!=null){if(typeof e=="string")return e;throw new TypeError("not a te\
xt")}}function Z(e){if(e!=null){if(typeof e=="number"&&Number.isSafeInteger(e)&&e>=0)return e;throw \
new TypeError("not a number")}}function _e(e){if(e==null)return;let{tid:t,startTime:r}=e,n=Z(t);if(n\
===void 0)throw new TypeError("not a thread");return{tid:n,startTime:y(r)}}var Re=65536;async functi\
on Ne({folder:e},t){let r=await J(e.fs,t,Re);return r&&{path:t,holder:Q(r.bytes)}}async function ee(\
e){let{folder:t,key:r}=e,n=[],i=F(t.path,r);for(;;){let o=await Ke(e,i)?await Ne(e,i):void 0;if(o===\
void 0)return n;let s=n.some(({holder:c})=>c?.uuid===o.holder?.uuid);if(n.push(s?{path:i,holder:void\
 0}:o),o.holder===void 0||s)return n;i=M(t.path,r,o.holder.uuid)}}async function Ke({folder:e},t){le\
t r=e.fs.for({action:"read"});return await p(()=>r.lstat(t,{bigint:!0}))!==void 0}async function te(\
e,t,r){let n=(await ee({folder:e,key:t})).at(-1);if(n?.holder?.uuid!==r)throw G(F(e.path,t),n?.holde\
r,n!==void 0)}var Ae=new Set(["EPERM","EACCES","EBUSY"]),We=500,ve=1e4;async function re(e,t,r=async\
()=>{}){for(let n=0,i=10;;n+=i,i=Math.min(2*i,We)){await r();try{return await t()}catch(o){if(!e.isW\
indows||!Ae.has(u(o))||n>=ve)throw o}await e.pause(i)}}async function ne(e,t,r,n){for(let i=0;i<t.le\
ngth;){let o=Math.min(t.length-i,1073741824),{bytesWritten:s}=await e.write(t,i,o,r+i);if(!(s>0&&s<=\
o))throw n(o,s);i+=s}}var T=class{#n;#i;#e=0;#t;#r;constructor(t,r){this.#n=t,this.#i=r}add(t){this.\
throwFailure(),this.#e+=t,!(this.#e<this.#i||this.#t!==void 0)&&(this.#e=0,this.#t=this.#o())}async \
waitUntilIdle(){await this.#t}throwFailure(){if(this.#r!==void 0)throw this.#r.error}async#o(){try{a\
wait this.#n.handle.sync()}catch(t){this.#r={error:t}}this.#t=void 0}};var O="the old checkpoint sta\
ys";function ie(e,t,r,n){let[i,o]=[r,n].map(s=>s===null?"no checkpoint":\`version \${s}\`);return new d\
("KEEPFIT_STORE_CONFLICT",\`\${e} should be \${i}, but is \${o}: another trainer wrote in \${t}, and noth\
ing was changed. Stop one of the two, or give each its own folder or name\`)}function oe(e,t,r){retur\
n new d("KEEPFIT_STORE_FAILED",\`\${e} should have \${t} bytes, but has \${r}; \${O}\`)}function se(e,t,r)\
{return new d("KEEPFIT_STORE_FAILED",\`a write of \${t} bytes to \${e} wrote \${r}; \${O}\`)}function $(e,\
t,r){return new d("KEEPFIT_STORE_FAILED",\`the chunks for \${e} must add up to the announced \${t} byte\
s, but came to \${r}; \${O}\`)}function ae(e,t){return new d("KEEPFIT_STORE_FAILED",\`the new checkpoint\
 is in place at \${e}, but a power cut may bring back the old one because the folder could not be syn\
ced (\${u(t)||String(t)}); check the disk before you continue\`,{cause:t})}function _({dev:e,ino:t,mti\
meNs:r,size:n}){return\`\${e}:\${t}:\${r}:\${n}\`}async function ce(e,t){try{await k(e,e.path)}catch(r){th\
row ae(t,r.cause)}}async function de(e,t,r,n,i){let{byteLength:o}=r,s=C(e.path,t),c=await fe(e,s,n);\
n?.lock===void 0&&await V(e);let f=await q(e.fs.for({byteLength:o}),i?.temp??B(e.path,t)),l;try{awai\
t De(f,r,e.syncEvery);let w=await Ue(f,o);await je(e,f,w,c),await f.handle.sync(),await L(f),l=_(awa\
it e.fs.lstat(f.path,{bigint:!0})),i?.beforeRename(l),await e.commits.run(()=>Me(e,t,f,n))}catch(w){\
throw await Y(e.fs,f),w}return await ce(e,s),l}async function fe({fs:e,path:t},r,n){let i=await p(()\
=>e.lstat(r,{bigint:!0})),o=i===void 0?null:_(i);if(n?.replaces===void 0||n.replaces===o)return i;th\
row ie(r,t,n.replaces,o)}async function De(e,t,r){let n=new T(e,r);try{await He(e,t,i=>n.add(i))}fin\
ally{await n.waitUntilIdle()}n.throwFailure()}async function He({path:e,handle:t},{byteLength:r,chun\
ks:n},i){let o=0;for await(let s of n){let c=new Uint8Array(s.buffer,s.byteOffset,s.byteLength);if(o\
+c.length>r)throw $(e,r,\`\${o+c.length} or more\`);await ne(t,c,o,(f,l)=>se(e,f,l)),o+=c.length,i(c.le\
ngth)}if(o!==r)throw $(e,r,String(o))}async function Ue({path:e,handle:t},r){let n=await t.stat({big\
int:!0});if(n.size===BigInt(r))return n;throw oe(e,r,n.size)}async function je(e,{handle:t},r,n){let\
 i=n!==void 0&&n.mtimeNs>e.newestTime?n.mtimeNs:e.newestTime,{mtimeNs:o}=r;for(let s of[2n,2000n]){i\
f(o>i)break;let c=Number(i/1000000n+s)/1e3;await t.utimes(c,c),{mtimeNs:o}=await t.stat({bigint:!0})\
}o>e.newestTime&&(e.newestTime=o)}async function Me(e,t,r,n){let i=C(e.path,t),o=e.fs.for({action:"p\
ut a new checkpoint at"});await re(e.host,()=>o.rename(r.path,i),async()=>{n?.lock!==void 0&&await t\
e(e,t,n.lock),n?.replaces!==void 0&&await fe(e,i,n)})}var Be=128;function le(e,t){for(let r=0;r<Be;r\
++)e[r]=t.charCodeAt(r)}function ue(e){if(!h(e))throw e;let{code:t,message:r,cause:n}=e;return{code:\
t,message:r.slice(\`\${t}: \`.length),cause:n instanceof Error?{message:n.message,fields:{...n}}:void 0\
}}async function he(e,t){let r=new R(e);for(;;){let n=await r.receive();n.kind==="begin"&&r.send({ki\
nd:"ended",outcome:await Ve(r,n.job,t)}),r.flush()}}async function Ve(e,t,r){let n=H(t.folder,r,{isW\
indows:!1,pause:pe.setTimeout}),{path:i,syncEvery:o}=n,s=qe(e,t),c=await de(n,t.key,s,t.condition,{t\
emp:t.temp,beforeRename:w=>le(t.renaming,w)}).catch(ue),{isPrepared:f,newestTime:l}=n;return{folder:\
{path:i,syncEvery:o,isPrepared:f,newestTime:l},result:c}}function qe(e,{byteLength:t,partLengths:r})\
{let n=Ye(e);return{byteLength:t,chunks:r===void 0?n:Ge(n,r)}}async function*Ye(e){for(;;){let t=awa\
it e.receive();if(t.kind==="commit")return;if(t.kind!=="bytes")throw new d("KEEPFIT_STORE_FAILED","t\
he store has given up");let{buffer:r,length:n}=t;yield new Uint8Array(r,0,n),e.send({kind:"freed",bu\
ffer:r})}}async function*Ge(e,t){let r=new g(t,me.crc32);for await(let n of e)r.add(n),yield n;yield\
 r.toBytes()}var R=class{#n;#i=[];#e=[];#t=()=>{};constructor(t){this.#n=t,t.on("message",r=>{this.#\
i.push(...r),this.#t()})}async receive(){for(;;){let t=this.#i.shift();if(t!==void 0)return t;this.f\
lush(),await new Promise(r=>{this.#t=r})}}send(t){this.#e.push(t)}flush(){if(this.#e.length===0)retu\
rn;let t=this.#e.flatMap(r=>r.kind==="freed"?[r.buffer]:[]);this.#n.postMessage(this.#e,t),this.#e=[\
]}};var a=require("node:fs"),ye=require("node:util"),ze=(0,ye.promisify)(a.fsync),we={constants:a.co\
nstants,open:async(e,t,r)=>Je((0,a.openSync)(e,t,r)),stat:async(e,t)=>(0,a.statSync)(e,t),lstat:asyn\
c(e,t)=>(0,a.lstatSync)(e,t),readdir:async(e,t)=>(0,a.readdirSync)(e,t),mkdir:async(e,t)=>(0,a.mkdir\
Sync)(e,t),rename:async(e,t)=>(0,a.renameSync)(e,t),link:async(e,t)=>(0,a.linkSync)(e,t),unlink:asyn\
c e=>(0,a.unlinkSync)(e),readlink:async e=>(0,a.readlinkSync)(e)};function Je(e){return{read:async(.\
..t)=>({bytesRead:(0,a.readSync)(e,...t)}),write:async(...t)=>({bytesWritten:(0,a.writeSync)(e,...t)\
}),stat:async t=>(0,a.fstatSync)(e,t),utimes:async(...t)=>(0,a.futimesSync)(e,...t),sync:()=>ze(e),c\
lose:async()=>(0,a.closeSync)(e)}}he(ge.parentPort,we).catch(e=>{queueMicrotask(()=>{throw e})});`;
